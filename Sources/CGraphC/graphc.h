#ifndef GRAPHC_H
#define GRAPHC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// graphc for C, and for whatever calls C: link with `-lgraphc`.
///
/// Errors. A call that can fail returns a status. What went wrong, where and what to do is one line or several in
/// `graphc_last_error`, for each thread by itself. No argument stops the program if it is a null pointer, a wrong size or
/// an unknown name; pointers that are not null must be good for as many bytes as is said of them.
///
/// Threads. Any thread with a stack of 1 MiB or more may make any call. Calls with the same model go one after another, each on
/// as many threads as the model was loaded for; calls with different models run at once. A process that is forked loads its
/// models anew: calls with those of its parent fail.
///
/// Paths. The bytes of a name, as the system takes them, UTF-8 or not.
///
/// Ownership. What a call takes stays the caller's and is not kept. What a call gives is the caller's to free with the
/// function named there, once, and after that not to be used; strings of a model live as long as the model.

#ifdef __cplusplus
extern "C" {
#endif

typedef enum graphc_status {
  GRAPHC_OK = 0,
  /// `graphc_last_error` says why.
  GRAPHC_FAILED = 1,
  /// The caller's `graphc_progress` has ended the call.
  GRAPHC_CANCELLED = 2
} graphc_status;

/// The version of the library, as "1.0.0".
const char *graphc_version(void);

/// Why the last call of this thread failed; empty if it did not. Good until the next call of this thread.
const char *graphc_last_error(void);

/// A model: its graph and its weights.
typedef struct graphc_model graphc_model;

/// Loads a `.gpack`, or compiles a `.graph` and gives it fresh weights.
///
/// `thread_count` is how many threads a call may work on, 0 for as many as there are processors; no result depends on it.
/// `*model` is to be freed with `graphc_free_model`, and null after an error.
graphc_status graphc_load(const char *path, size_t thread_count, graphc_model **model);

/// Frees a model, of which no call may be going on. Null is no error.
void graphc_free_model(graphc_model *model);

/// Told how far a call has come, on the thread that made it: first with `rows_done` 0, last with `rows_done` equal to
/// `row_count`. Steps, inputs and outputs each count their rows. A call with the same model fails there.
///
/// Returns whether to go on; false ends the call with `GRAPHC_CANCELLED`.
typedef bool (*graphc_progress)(void *context, size_t rows_done, size_t row_count);

/// Pixels of an enlarged picture for each pixel of the picture, along each side. Fails if the model enlarges no pictures.
graphc_status graphc_scale(graphc_model *model, size_t *scale);

/// What is made of pictures; all zeros for what the model makes by itself.
typedef struct graphc_form {
  /// How many times as wide and as high, as "1.5" or "4/3"; null for the model's own factor, and where a side is given. What
  /// the model makes is resampled by bicubic interpolation.
  const char *scale;
  /// Pixels of the result's sides; 0 for one that follows from the other.
  size_t width, height;
  /// Whether the result is the mean of eight flips and turns, for eight times the work.
  bool is_ensemble;
} graphc_form;

/// Sets what calls that follow make of pictures, by whatever thread. Null for what the model makes by itself.
graphc_status graphc_set_form(graphc_model *model, const graphc_form *form);

/// The sides of what becomes of a picture of `width` times `height` pixels.
graphc_status graphc_enlarged_size(
    graphc_model *model, size_t width, size_t height, size_t *enlarged_width, size_t *enlarged_height);

/// Enlarges a picture in memory: `height` rows of `width` pixels, from the top, each 3 bytes: red, green, blue.
///
/// `enlarged` takes as many rows of as many such pixels as `graphc_enlarged_size` tells, which is `scale` times the sides
/// where no form is set; `enlarged_byte_count` must be 3 times their product. `progress` may be null, and is called with `context`.
graphc_status graphc_enlarge_pixels(
    graphc_model *model, const uint8_t *pixels, size_t width, size_t height, uint8_t *enlarged,
    size_t enlarged_byte_count, graphc_progress progress, void *context);

/// Enlarges the bytes of a picture's file (PNG, JPEG, WebP) to one of the same format: those that `graphc_enlarge_file`
/// would write.
///
/// `*enlarged` is to be freed with `graphc_free_bytes`, and null after an error.
graphc_status graphc_enlarge_bytes(
    graphc_model *model, const uint8_t *file, size_t byte_count, uint8_t **enlarged, size_t *enlarged_byte_count,
    graphc_progress progress, void *context);

/// Enlarges a picture's file (PNG, JPEG, WebP), row by row where the format allows it: in memory by the picture's width, not
/// by its height. `output` appears when it is whole, in the format that its name ends in.
graphc_status graphc_enlarge_file(
    graphc_model *model, const char *input, const char *output, graphc_progress progress, void *context);

/// Frees what `graphc_enlarge_bytes` gave. Null is no error.
void graphc_free_bytes(uint8_t *bytes);

/// What an entry takes and gives.
typedef enum graphc_kind {
  GRAPHC_INPUT = 0,
  /// A single number that is taken, as `learning_rate` of training.
  GRAPHC_SCALAR = 1,
  GRAPHC_OUTPUT = 2,
  /// A single number that is given: a loss or a metric.
  GRAPHC_MEASURE = 3
} graphc_kind;

/// The name of an entry, as "predict"; null where `index`, from 0, is past the last.
const char *graphc_entry_name(graphc_model *model, size_t index);

/// The name of something that an entry takes or gives, as "lr"; null where `index`, from 0, is past the last.
const char *graphc_value_name(graphc_model *model, const char *entry, graphc_kind kind, size_t index);

/// Its type, as "u8[N, H, W, 3]"; symbols stand for sizes that the inputs decide. Null as in `graphc_value_name`.
const char *graphc_value_type(graphc_model *model, const char *entry, graphc_kind kind, size_t index);

typedef enum graphc_element {
  /// uint8_t
  GRAPHC_U8 = 0,
  /// float
  GRAPHC_F32 = 1
} graphc_element;

/// A tensor of `rank` dimensions by name, the last dimension's elements next to each other. A single number has rank 0.
typedef struct graphc_array {
  const char *name;
  graphc_element element;
  size_t rank;
  /// `rank` sizes; null where `rank` is 0.
  const size_t *shape;
  /// As many elements as the product of the sizes.
  const void *data;
} graphc_array;

/// What `graphc_run` gave.
typedef struct graphc_results graphc_results;

/// Runs an entry once.
///
/// `arrays` are its inputs and, with rank 0, its scalars, in any order; elements may be of either kind, as long as those
/// of a u8 input are whole numbers 0 to 255. A run of "train" is a step of training and changes the model's weights; one
/// that was cancelled may have left a part of it. `*results` is to be freed with `graphc_free_results`, and null after
/// an error.
graphc_status graphc_run(
    graphc_model *model, const char *entry, const graphc_array *arrays, size_t array_count, graphc_results **results,
    graphc_progress progress, void *context);

/// Outputs and then measures, in the order of `graphc_value_name`; null where `index`, from 0, is past the last. Lives as
/// long as the results.
const graphc_array *graphc_result(const graphc_results *results, size_t index);

/// Frees results and all their arrays. Null is no error.
void graphc_free_results(graphc_results *results);

#ifdef __cplusplus
}
#endif

#endif
