// What an embedder needs, by one import: models, pictures, training, and below them graphs, programs and sessions.
//
// The modules of kernels stay out: they serve these rooms and have no use of their own.
@_exported import GraphEnlarging
@_exported import GraphCompiler
@_exported import GraphFiles
@_exported import GraphIR
@_exported import GraphImport
@_exported import GraphLanguage
@_exported import GraphModel
@_exported import GraphPack
@_exported import GraphRuntime
@_exported import GraphTraining
@_exported import GraphImaging
@_exported import GraphInterchange
@_exported import GraphMeasuring
// How many threads runs have unless they are told.
@_exported import func GraphBasics.availableProcessorCount
// Names of files, which the rooms above take.
@_exported import struct SystemPackage.FilePath
