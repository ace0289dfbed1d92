import GraphBasics
import GraphCompiler
import GraphEnlarging
import GraphFiles
import GraphIR
import GraphModel
import GraphPack
import GraphRuntime
import GraphImaging
import SystemPackage

/// Why training or an evaluation cannot start or go on.
public enum TrainingError: Error, Hashable, Sendable {
    case file(FileError)
    case pack(PackError)
    case image(ImageError)
    case model(ModelError)
    case enlarging(EnlargingError)
    case program(ProgramError)
    case runtime(RuntimeError)
    /// What the reference implementation objects to.
    case evaluation(NodeError)

    // Pictures.
    /// - Parameter other: a file that the folder holds.
    case noPictures(folder: FilePath, other: FilePath.Component?)
    /// A folder holds folders, and no pictures itself.
    case onlyFolders(folder: FilePath, names: [FilePath.Component])
    /// Two pictures of a folder whose names differ by their endings alone.
    case samePictureName(FilePath, FilePath)
    /// Two pictures of one name would be given the same one of a folder.
    case sharedExtra(FilePath, FilePath)
    /// A folder lacks pictures that the model takes beside others.
    case missingExtraPictures(ExtraInput, folder: FilePath, of: FilePath, count: Int, pictureCount: Int)
    /// A picture that the model takes beside another has not its size.
    case otherExtraSize(path: FilePath, PictureSize, expected: PictureSize, ExtraInput)
    /// An input that has one number for all crops of a batch cannot be told the noise of each.
    case oneForAllCrops(input: String)
    /// An input is to be told the noise, and there is none.
    case noNoise(input: String)
    /// A picture is none that the model takes beside another.
    case unusableExtra(path: FilePath, EnlargingError)
    /// One picture cannot serve for training and validation.
    case onePicture(folder: FilePath)
    /// All pictures are kept for validation.
    case nothingToTrainOn(folders: [FilePath])
    /// Divided by the scale, the picture would have no pixel.
    case tooSmallForScale(path: FilePath, PictureSize, scale: Int)
    /// Several pictures that cannot be used, each with its own error.
    indirect case unusablePictures([TrainingError])
    /// A picture's file has other bytes than when the run began.
    case changedPicture(path: FilePath)
    /// No crop of this side lies inside the pictures.
    case tooSmallForCrop([SmallPicture], side: Int)
    /// Pictures without a low-resolution one in the folder that holds them.
    ///
    /// - Parameters:
    ///   - of: the path of the first.
    ///   - lookedFor: the names that it could have.
    case missingReduced(folder: FilePath, of: FilePath, lookedFor: [FilePath], count: Int, pictureCount: Int)
    /// A low-resolution picture has neither of the sizes that its true one divides to.
    case unequalPair(
        path: FilePath, PictureSize, truth: FilePath, scale: Int, expected: PictureSize, roundedUp: PictureSize)
    /// A picture is smaller than when the run began.
    case shrunkPicture(path: FilePath)
    /// A picture that cannot be compared.
    case incomparable(path: FilePath, ImageError)
    /// A file lies where a sample picture would be written.
    case samplesExist(path: FilePath)

    // Making a data set.
    /// What was named leads to no file.
    case noPhotographs(paths: [FilePath])
    /// So few photographs are good for a set, of how many.
    ///
    /// - Parameter neededCount: how many there must be.
    case tooFewKept(Int, of: Int, neededCount: Int)
    /// The folder was made of other photographs, or otherwise.
    case otherSet(list: FilePath)
    /// The folder holds pictures, and no list of what they were made of.
    case foreignSet(folder: FilePath)
    /// A photograph has other pixels than when it was looked at.
    case changedPhotograph(path: FilePath)

    // The recipe.
    /// A number below what a run must have.
    case tooFew(Count, Int)
    /// A number above what a run can have.
    case tooMany(Count, Int, limit: Int)
    /// The model makes pictures of the size that it takes, and nothing is done to them that it could undo.
    case nothingToUndo
    /// Low-resolution pictures that are given, where a blur or another reduction would make them anew.
    case reducedAnew(path: FilePath)
    /// The side of a crop is no multiple of the scale.
    case unevenPatch(side: Int, scale: Int)
    /// A learning rate that is not positive and finite.
    case learningRate(Float)
    /// A decay of weights that is negative or not finite.
    case weightDecay(Float)
    /// A norm for clipping that is not positive.
    case clipNorm(Float)
    /// - Parameter weights: the paths of all that the model has.
    case nothingToFreeze(path: String, weights: [String])
    /// Every weight is to stay as it is.
    case allFrozen
    /// A decay outside 0..<1.
    case averageDecay(Float)
    /// The lanes of a batch are no power of two, or do not divide it.
    case lanes(Int, cropCount: Int)
    /// Ranks are no power of two, or more than the lanes that they share out.
    case ranks(Int, laneCount: Int)
    /// Ranks compute by unequal instruction sets, which are named in the order of ranks.
    case mixedInstructionSets([String])
    /// A rank has something else than the first.
    case unequalRank(Int, what: String)
    /// Another rank has ended the run, and says why.
    case otherRank(Int)

    // The model.
    /// The train entry takes something else than a low-resolution picture and the true one.
    case otherInputs(graph: String, [String], reduced: String)
    /// The input for the true picture has another type.
    case otherTruth(graph: String, input: String, TensorType, expected: TensorType)
    /// The train entry has a scalar that training does not supply.
    case otherScalar(graph: String, String)
    /// - Parameter examples: paths of weights that the pack holds.
    case noMatchingWeights(path: FilePath, count: Int, examples: [String], model: String)

    /// This processor does not run the instruction set.
    case instructionSetNotHere(InstructionSet)

    // The run's folder.
    /// The folder holds the file of another run.
    case runExists(file: FilePath)
    /// The folder holds no checkpoint to go on from.
    case noCheckpoint(path: FilePath)
    /// Another run has saved its state over the checkpoint that was to be gone on from.
    case checkpointReplaced(path: FilePath)
    /// The weights of the best epoch are in no file.
    case bestLost(path: FilePath, epoch: Int, RunFolder)
    /// Another run holds the lock of the folder.
    case folderInUse(path: FilePath)
    /// - Parameter checkpoint: the folder whose last checkpoint is whole; nil where there is none yet.
    indirect case unwritten(TrainingError, checkpoint: FilePath?)

    // Going on with a run.
    /// The pack is a model without a training state.
    case notCheckpoint(path: FilePath)
    /// The training state of a checkpoint cannot be gone on from.
    indirect case unusableCheckpoint(path: FilePath, TrainingError)
    /// The training state lacks a word.
    case missingWord(key: String)
    /// A word of the training state means nothing.
    case unreadableWord(key: String, String)
    /// A line of the training state is no epoch.
    case unreadableEpoch(String)
    /// The training state tells of another number of epochs than it states.
    case epochCount(Int, stated: Int)
    /// The training state tells of other measures than the model has.
    case measureCount(Int, expected: Int)
    /// The training state's step lies outside of the epoch that it states.
    case stepOutsideEpoch(step: Int, epoch: Int)
    /// The recipe of the training state has a word that this version does not know.
    case unknownWord(key: String)
    /// The checkpoint lacks the moving average of a weight.
    case missingAverage(path: String)
    /// The pictures are not those that the run began with.
    case otherPictures(folders: [FilePath], RunFolder)
    /// A picture could not be read, or validation not be done; the run is saved.
    indirect case interrupted(TrainingError, afterStep: Int, RunFolder)
    /// - Parameter place: where the first value is that is not finite; nil where none is found.
    case notFinite(NonFiniteValue, step: Int, place: String?, RunFolder)

    /// A number of a recipe that has limits, as messages call it.
    public enum Count: String, Hashable, Sendable {
        case epochs
        case stepsOfEpoch = "steps of an epoch"
        case cropsOfBatch = "crops of a batch"
        case patchSide = "the patch"
        case patience
        case warmUpSteps = "steps of warming up"
        case validationCrops = "validation crops"
    }

    /// What became infinite or no number.
    public enum NonFiniteValue: Hashable, Sendable {
        case loss(String, Double)
        case gradientNorm(Double)
    }
}

/// A picture that is smaller than what is to be cut out of it.
public struct SmallPicture: Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public var path: FilePath
    /// The whole picture's.
    public var size: PictureSize

    public var description: String { "\(path) (\(size))" }
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .pack(let error): error.description
        case .image(let error): error.description
        case .model(let error): error.description
        case .enlarging(let error): error.description
        case .program(let error): error.description
        case .runtime(let error): error.description
        case .evaluation(let error): error.description
        case .noPictures(let folder, let other):
            "\(folder): there are no \(PictureFormat.list(PictureFormat.builtIn, "or")) files in this folder: "
                + "\(other.map { "it holds '\($0)'" } ?? "it is empty"); convert pictures to PNG first"
        case .onlyFolders(let folder, let names):
            "\(folder): there are no \(PictureFormat.list(PictureFormat.builtIn, "or")) files in this folder itself; name the folders "
                + "in it that hold the pictures: \(listed(names.map(\.shown), separator: ", "))"
        case .samePictureName(let first, let second):
            "\(first) and \(second) have the same name but for the ending; rename one of them, or take it away"
        case .sharedExtra(let first, let second):
            "\(first) and \(second) have one name, so that both would be given the same picture beside them; rename one of them"
        case .missingExtraPictures(let extra, let folder, let truth, let count, let pictureCount):
            "\(folder): \(count) of \(pictureCount) pictures have none of their name in this folder, first \(truth), for "
                + "\(extra); add what is missing"
        case .otherExtraSize(let path, let size, let expected, let extra):
            "\(path): \(size) pixels are not the \(expected) of \(extra); put the right picture there"
        case .oneForAllCrops(let input):
            "'\(input)' is one number for all pictures of a batch, and each has noise of its own; have it begin with their count, as "
                + "f32[N, 1, 1, 1]"
        case .noNoise(let input): "'\(input)' is to be told how noisy pictures are made, and no noise is asked for; degrade them"
        case .unusableExtra(let path, let error): "\(path): \(error)"
        case .onePicture(let folder): "\(folder): one picture cannot be trained on and validated on; add another"
        case .nothingToTrainOn(let folders):
            "\(folders.shown): there are pictures to validate on, but none to train on"
        case .tooSmallForScale(let path, let size, let scale):
            "\(path): \(size) pixels are too few for a scale of \(scale)"
        case .tooSmallForCrop(let pictures, let side):
            "\(listed(pictures.map(\.description), separator: ", ")): smaller than the crop of \(side)×\(side) pixels; remove "
                + "\(pictures.count == 1 ? "the picture" : "these \(pictures.count) pictures") or choose a smaller crop"
        case .unusablePictures(let errors):
            "several pictures cannot be used: \(listed(errors.map(\.description), separator: "; "))"
        case .changedPicture(let path): "\(path): was changed since the run began; put the picture back as it was"
        case .missingReduced(let folder, let truth, let names, let count, let pictureCount):
            "\(folder): \(count) of \(pictureCount) pictures have no low-resolution one in this folder, first \(truth): looked "
                + "for \(names.shown); add what is missing, or move the folder away to have all made"
        case .unequalPair(let path, let size, let truth, let scale, let expected, let roundedUp):
            "\(path): \(size) pixels are not those of \(truth) divided by \(scale), \(expected)"
                + (roundedUp == expected ? "" : " or, rounded up, \(roundedUp)")
                + "; put the right picture there, or move its folder away to have all made"
        case .shrunkPicture(let path): "\(path): is smaller than when the run began; put back the picture"
        case .incomparable(let path, let error): "\(path): \(error.problem)"
        case .samplesExist(let path): "\(path): the file is there already; name an empty folder"
        case .tooMany(let name, let count, let limit):
            "\(name.rawValue): \(count) is too many; give \(limit) or fewer"
        case .tooFew(let name, let count): "\(name.rawValue): \(count) is too few; give \(name == .warmUpSteps ? 0 : 1) or more"
        case .noPhotographs(let paths):
            "\(paths.shown): there are no files; name photographs, or folders of them"
        case .tooFewKept(let kept, let count, let needed):
            "\(kept) of \(count) photographs \(kept == 1 ? "is" : "are") good for a data set, and it takes \(needed); add others"
        case .otherSet(let list):
            "\(list): the set in this folder was made of other photographs, or otherwise; name another folder, or the same "
                + "photographs and options to go on with it"
        case .foreignSet(let folder): "\(folder): holds pictures that were not made here; name another folder"
        case .changedPhotograph(let path): "\(path): the photograph was changed meanwhile; begin again in another folder"
        case .nothingToUndo:
            "the model makes pictures of the size that it takes, and what it takes is the true picture; say what it is to undo, "
                + "by a degradation as noise=25, or give a folder of pictures for it to take"
        case .reducedAnew(let path):
            "\(path): is a low-resolution picture that is given, and a blur or another reduction would make it anew; leave "
                + "out 'blur' and 'resize', or those pictures"
        case .unevenPatch(let side, let scale):
            "a patch of \(side) pixels is no multiple of the model's scale; give \(max(1, side / scale) * scale)"
        case .learningRate(let rate): "a learning rate of \(rate) does not train; give a positive number"
        case .weightDecay(let decay): "weights cannot decay by \(decay); give a number from 0 on"
        case .clipNorm(let norm): "a norm of \(norm) leaves no gradient; give a positive number"
        case .nothingToFreeze(let path, let weights):
            "the model has no weight @\(path.shown), nor any below it; it has "
                + listed(Self.namesAbove(weights).map { "@" + $0 }, separator: ", ")
        case .allFrozen: "every weight is frozen, and nothing is left to train; freeze fewer"
        case .lanes(let count, let crops):
            "a batch of \(crops) has no \(readable(count: count, "lane")) of equal length; give a power of two that divides it"
        case .ranks(let count, let lanes):
            "\(readable(count: count, "rank")) cannot share out \(readable(count: lanes, "lane")): ranks are a power of two, and at "
                + "most as many as lanes; start fewer, or begin a run of more lanes"
        case .mixedInstructionSets(let sets):
            "the ranks compute by \(sets.joined(separator: ", ")), in their order, which round in ways of their own; choose one "
                + "that all processors have"
        case .unequalRank(let rank, let what):
            "rank \(rank) has another \(what) than rank 0; give all ranks the same files and options"
        case .otherRank(let rank): "rank \(rank) has ended the run"
        case .averageDecay(let decay): "a decay of \(decay) averages nothing; give 0.999, or 0 for none"
        case .otherInputs(let graph, let inputs, let reduced):
            "'\(graph)' cannot be trained on pictures: its train entry takes \(inputs.joined(separator: ", ")), not "
                + "'\(reduced)' and the true picture"
        case .otherTruth(let graph, let input, let type, let expected):
            "'\(graph)' cannot be trained on pictures: '\(input)' is \(type), the true picture is \(expected)"
        case .otherScalar(let graph, let name):
            "'\(graph)' cannot be trained: its scalar '\(name)' is not one of \(TrainingScalars.all.joined(separator: ", "))"
        case .noMatchingWeights(let path, let count, let examples, let model):
            "\(path): none of its \(count) weights (\(examples.map { "@" + $0 }.joined(separator: ", ")), …) has the name and "
                + "shape of one of '\(model)'"
        case .instructionSetNotHere(let set):
            "this processor does not run \(set.rawValue); it runs "
                + InstructionSet.runnable.map(\.rawValue).joined(separator: ", ")
        case .runExists(let file):
            "\(file): the folder holds a run already; go on with it, name another folder, or have it overwritten"
        case .noCheckpoint(let path): "\(path): there is no checkpoint in this folder; begin a run there"
        case .checkpointReplaced(let path):
            "\(path): another run wrote it while this one began; go on from what it holds now"
        case .bestLost(let path, let epoch, let run):
            "\(path): was taken away or changed since epoch \(epoch), the best of the run, wrote it; put it back, or use the "
                + "weights of the last epoch, in \(run.lastPath)"
        case .folderInUse(let path):
            "\(path): another run is writing to this folder; wait for its end, or name another"
        case .unwritten(let error, let checkpoint):
            "\(error)" + (checkpoint.map { "; the last checkpoint in \($0) is whole: when there is room, go on with it" } ?? "")
        case .notCheckpoint(let path):
            "\(path): is a model, and no checkpoint; name the folder of a run, with its last.gpack"
        case .unusableCheckpoint(let path, let error): "\(path): cannot be resumed: \(error)"
        case .missingWord(let key): "its training state lacks '\(key)'"
        case .unreadableWord(let key, let word): "its training state says '\(word.shown)' for '\(key)'"
        case .unreadableEpoch(let line): "its training state says '\(line.shown)' of an epoch"
        case .epochCount(let count, let stated): "its training state tells of \(count) epochs, not of \(stated)"
        case .measureCount(let count, let expected):
            "its training state tells of \(count) measures, its model has \(expected)"
        case .stepOutsideEpoch(let step, let epoch): "its training state says step \(step), which is not in epoch \(epoch)"
        case .unknownWord(let key):
            "its training state holds '\(key.shown)', which this version does not know; go on with the version that wrote it"
        case .missingAverage(let path): "it lacks the average of @\(path)"
        case .otherPictures(let folders, let run):
            "\(folders.shown): these are not the pictures that the run in \(run.path) began with, by their "
                + "names, contents or order; put them back, or begin a new run with the weights of \(run.lastPath)"
        case .interrupted(let error, let step, let run):
            "\(error); the run is saved after step \(step): when that is mended, go on with \(run.path)"
        case .notFinite(let value, let step, let place, let run):
            "\(value) at step \(step): \(place ?? "the reference implementation of the step is finite everywhere"); try a smaller "
                + "learning rate or clipping norm, beginning with the weights of \(run.lastPath)"
        }
    }
}

extension TrainingError {
    /// What stands first in the paths of weights, each once and in their order.
    private static func namesAbove(_ weights: [String]) -> [String] {
        var seen: Set<Substring> = []
        return weights.map { $0.prefix { $0 != "." } }.filter { seen.insert($0).inserted }.map(String.init)
    }
}

/// The first of some texts, and how many more there are.
private func listed(_ texts: [String], separator: String) -> String {
    let shown = texts.prefix(10).joined(separator: separator)
    return shown + (texts.count > 10 ? "\(separator)and \(readable(count: texts.count - 10)) more" : "")
}

extension TrainingError.NonFiniteValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .loss(let name, let value): "the loss '\(name)' became \(value)"
        case .gradientNorm(let value): "the norm of the gradients became \(value)"
        }
    }
}

extension TrainingError {
    /// What the rooms above throw.
    init(_ error: any Error) {
        switch error {
        case let error as TrainingError: self = error
        case let error as FileError: self = .file(error)
        case let error as PackError: self = .pack(error)
        case let error as ImageError: self = .image(error)
        case let error as ModelError: self = .model(error)
        case let error as EnlargingError: self = .enlarging(error)
        case let error as ProgramError: self = .program(error)
        case let error as NodeError: self = .evaluation(error)
        case let error as RuntimeError: self = .runtime(error)
        default: self = .runtime(.stream(StreamError(error)))
        }
    }
}

/// Runs `body` and passes on what it throws, as the cause of a ``TrainingError``.
func asTrainingError<Value>(_ body: () throws -> Value) throws(TrainingError) -> Value {
    do { return try body() } catch { throw TrainingError(error) }
}
