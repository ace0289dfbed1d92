// What a caller may do wrong, each time answered by a status and a message, and what he may do from several threads.
#include <graphc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                    \
  do {                                                                       \
    if (!(condition)) {                                                      \
      fprintf(stderr, "line %d: %s\n", __LINE__, graphc_last_error());       \
      exit(EXIT_FAILURE);                                                    \
    }                                                                        \
  } while (0)
#define FAILS(call, word)                                                    \
  do {                                                                       \
    EXPECT((call) == GRAPHC_FAILED);                                         \
    EXPECT(strstr(graphc_last_error(), word));                               \
  } while (0)

static graphc_model *model;

static bool stop(void *context, size_t rows_done, size_t row_count) {
  (void)context;
  return rows_done < row_count / 2;
}

static bool call_again(void *context, size_t rows_done, size_t row_count) {
  (void)rows_done;
  (void)row_count;
  size_t scale;
  *(bool *)context = graphc_scale(model, &scale) == GRAPHC_FAILED;
  return true;
}

static uint8_t small[5][6][3], expected[20][24][3];

static void *enlarge(void *unused) {
  (void)unused;
  for (int round = 0; round < 4; round++) {
    uint8_t large[20][24][3];
    EXPECT(graphc_enlarge_pixels(model, &small[0][0][0], 6, 5, &large[0][0][0], sizeof large, NULL, NULL) == GRAPHC_OK);
    EXPECT(memcmp(large, expected, sizeof large) == 0);
    // The message of one thread is none of another.
    FAILS(graphc_load("nowhere.gpack", 0, &(graphc_model *){NULL}), "nowhere.gpack");
    EXPECT(graphc_scale(model, &(size_t){0}) == GRAPHC_OK && *graphc_last_error() == 0);
  }
  return NULL;
}

int main(int argument_count, char **arguments) {
  EXPECT(argument_count == 3);
  EXPECT(strlen(graphc_version()) >= 5 && *graphc_last_error() == 0);

  FAILS(graphc_load(NULL, 0, &model), "null");
  FAILS(graphc_load(arguments[1], 0, NULL), "null");
  FAILS(graphc_load(arguments[1], SIZE_MAX, &model), "threads");
  FAILS(graphc_load("\xff", 0, &model), "\\xff: no such file");
  FAILS(graphc_load(arguments[2], 0, &model), "photo.png");
  EXPECT(model == NULL);
  EXPECT(graphc_load(arguments[1], 2, &model) == GRAPHC_OK && model);

  size_t scale = 0;
  FAILS(graphc_scale(NULL, &scale), "null");
  FAILS(graphc_scale(model, NULL), "null");
  EXPECT(graphc_scale(model, &scale) == GRAPHC_OK && scale == 4);

  for (size_t i = 0; i < sizeof small; i++) (&small[0][0][0])[i] = i * 7;
  uint8_t *pixels = &small[0][0][0], *large = &expected[0][0][0];
  size_t count = sizeof expected;
  FAILS(graphc_enlarge_pixels(NULL, pixels, 6, 5, large, count, NULL, NULL), "null");
  FAILS(graphc_enlarge_pixels(model, NULL, 6, 5, large, count, NULL, NULL), "null");
  FAILS(graphc_enlarge_pixels(model, pixels, 6, 5, NULL, count, NULL, NULL), "null");
  FAILS(graphc_enlarge_pixels(model, pixels, 0, 5, large, count, NULL, NULL), "0×5");
  FAILS(graphc_enlarge_pixels(model, pixels, SIZE_MAX, SIZE_MAX, large, count, NULL, NULL), "side");
  FAILS(graphc_enlarge_pixels(model, pixels, 1 << 20, 1 << 20, large, count, NULL, NULL), "bytes");
  FAILS(graphc_enlarge_pixels(model, pixels, 6, 5, large, count - 1, NULL, NULL), "1440 bytes");
  EXPECT(graphc_enlarge_pixels(model, pixels, 6, 5, large, count, stop, NULL) == GRAPHC_CANCELLED);

  size_t width = 0, height = 0;
  FAILS(graphc_set_form(NULL, NULL), "null");
  FAILS(graphc_set_form(model, &(graphc_form){.scale = "none"}), "none");
  FAILS(graphc_set_form(model, &(graphc_form){.scale = "2", .width = 5}), "once");
  FAILS(graphc_set_form(model, &(graphc_form){.height = SIZE_MAX}), "side");
  FAILS(graphc_enlarged_size(model, 6, 5, NULL, &height), "null");
  FAILS(graphc_enlarged_size(model, 0, 5, &width, &height), "0×5");
  EXPECT(graphc_enlarged_size(model, 6, 5, &width, &height) == GRAPHC_OK && width == 24 && height == 20);
  EXPECT(graphc_set_form(model, &(graphc_form){.scale = "1.5", .is_ensemble = true}) == GRAPHC_OK);
  EXPECT(graphc_enlarged_size(model, 6, 5, &width, &height) == GRAPHC_OK && width == 9 && height == 8);
  FAILS(graphc_enlarge_pixels(model, pixels, 6, 5, large, count, NULL, NULL), "216 bytes");
  EXPECT(graphc_enlarge_pixels(model, pixels, 6, 5, large, 216, NULL, NULL) == GRAPHC_OK);
  EXPECT(graphc_set_form(model, &(graphc_form){.width = 12}) == GRAPHC_OK);
  EXPECT(graphc_enlarged_size(model, 6, 5, &width, &height) == GRAPHC_OK && width == 12 && height == 10);
  EXPECT(graphc_set_form(model, NULL) == GRAPHC_OK);
  EXPECT(graphc_enlarge_pixels(model, pixels, 6, 5, large, count, NULL, NULL) == GRAPHC_OK);
  bool is_refused = false;
  EXPECT(graphc_enlarge_pixels(model, pixels, 6, 5, large, count, call_again, &is_refused) == GRAPHC_OK && is_refused);

  uint8_t *png = large;
  size_t png_count = 1;
  FAILS(graphc_enlarge_bytes(model, NULL, 3, &png, &png_count, NULL, NULL), "null");
  EXPECT(png == NULL && png_count == 0);
  FAILS(graphc_enlarge_bytes(model, pixels, sizeof small, NULL, &png_count, NULL, NULL), "null");
  FAILS(graphc_enlarge_bytes(model, pixels, sizeof small, &png, NULL, NULL, NULL), "null");
  FAILS(graphc_enlarge_bytes(model, pixels, sizeof small, &png, &png_count, NULL, NULL), "PNG");
  FAILS(graphc_enlarge_bytes(model, pixels, 0, &png, &png_count, NULL, NULL), "empty");
  FAILS(graphc_enlarge_bytes(model, pixels, SIZE_MAX, &png, &png_count, NULL, NULL), "large");
  FAILS(graphc_enlarge_file(model, NULL, "big.png", NULL, NULL), "null");
  FAILS(graphc_enlarge_file(model, arguments[2], NULL, NULL, NULL), "null");
  FAILS(graphc_enlarge_file(model, "nowhere.png", "big.png", NULL, NULL), "nowhere.png");
  FAILS(graphc_enlarge_file(model, arguments[2], "nowhere/big.png", NULL, NULL), "nowhere");
  EXPECT(graphc_enlarge_file(model, arguments[2], "big.png", stop, NULL) == GRAPHC_CANCELLED);
  EXPECT(fopen("big.png", "r") == NULL);

  EXPECT(graphc_entry_name(NULL, 0) == NULL && graphc_entry_name(model, SIZE_MAX) == NULL);
  bool has_predict = false;
  for (size_t i = 0; graphc_entry_name(model, i); i++) has_predict |= !strcmp(graphc_entry_name(model, i), "predict");
  EXPECT(has_predict);
  EXPECT(!strcmp(graphc_value_name(model, "predict", GRAPHC_INPUT, 0), "lr"));
  EXPECT(!strcmp(graphc_value_type(model, "predict", GRAPHC_INPUT, 0), "u8[N, H, W, 3]"));
  EXPECT(graphc_value_name(model, "predict", GRAPHC_INPUT, 1) == NULL);
  EXPECT(graphc_value_name(model, "nothing", GRAPHC_INPUT, 0) == NULL && strstr(graphc_last_error(), "nothing"));
  EXPECT(graphc_value_name(model, NULL, GRAPHC_INPUT, 0) == NULL);
  EXPECT(graphc_value_name(model, "predict", (graphc_kind)9, 0) == NULL);

  size_t shape[4] = {1, 5, 6, 3}, huge[4] = {SIZE_MAX, 2, SIZE_MAX / 2, 3}, none[4] = {1, 0, 6, 3};
  graphc_array input = {"lr", GRAPHC_U8, 4, shape, pixels};
  graphc_results *results = NULL;
  FAILS(graphc_run(NULL, "predict", &input, 1, &results, NULL, NULL), "null");
  FAILS(graphc_run(model, NULL, &input, 1, &results, NULL, NULL), "null");
  FAILS(graphc_run(model, "nothing", &input, 1, &results, NULL, NULL), "nothing");
  FAILS(graphc_run(model, "predict", NULL, 1, &results, NULL, NULL), "null");
  FAILS(graphc_run(model, "predict", &input, SIZE_MAX, &results, NULL, NULL), "arrays");
  FAILS(graphc_run(model, "predict", &input, 1, NULL, NULL, NULL), "null");
  FAILS(graphc_run(model, "predict", &input, 0, &results, NULL, NULL), "lr");
  graphc_array wrong[] = {
    {NULL, GRAPHC_U8, 4, shape, pixels}, {"lr", GRAPHC_U8, 4, NULL, pixels}, {"lr", GRAPHC_U8, 4, shape, NULL},
    {"lr", GRAPHC_U8, SIZE_MAX, shape, pixels}, {"lr", GRAPHC_U8, 4, huge, pixels}, {"lr", GRAPHC_U8, 4, none, pixels},
    {"lr", (graphc_element)7, 4, shape, pixels}, {"lr", GRAPHC_U8, 3, shape, pixels}, {"hr", GRAPHC_U8, 4, shape, pixels},
    {"lr", GRAPHC_U8, 0, NULL, pixels},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    FAILS(graphc_run(model, "predict", &wrong[i], 1, &results, NULL, NULL), "");
    EXPECT(results == NULL && *graphc_last_error());
  }
  graphc_array twice[] = {input, input};
  FAILS(graphc_run(model, "predict", twice, 2, &results, NULL, NULL), "two arrays");
  EXPECT(graphc_run(model, "predict", &input, 1, &results, stop, NULL) == GRAPHC_CANCELLED);
  EXPECT(graphc_run(model, "predict", &input, 1, &results, NULL, NULL) == GRAPHC_OK);
  const graphc_array *image = graphc_result(results, 0);
  EXPECT(image && !strcmp(image->name, "image") && image->element == GRAPHC_U8 && image->rank == 4);
  EXPECT(image->shape[1] == 20 && image->shape[2] == 24);
  EXPECT(graphc_result(results, 1) == NULL && graphc_result(NULL, 0) == NULL);
  graphc_free_results(results);

  pthread_t threads[6];
  for (int i = 0; i < 6; i++) EXPECT(pthread_create(&threads[i], NULL, enlarge, NULL) == 0);
  for (int i = 0; i < 6; i++) EXPECT(pthread_join(threads[i], NULL) == 0);

  graphc_free_model(model);
  graphc_free_model(NULL);
  graphc_free_bytes(NULL);
  graphc_free_results(NULL);
  puts("as expected");
  return EXIT_SUCCESS;
}
