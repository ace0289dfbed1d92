// Pixels in memory, progress, and an entry on arrays: arrays MODEL.gpack
//
//     cc arrays.c -lgraphc -o arrays
#include <graphc.h>
#include <stdio.h>
#include <stdlib.h>

// Called on the thread that enlarges; false would end it.
static bool show(void *context, size_t rows_done, size_t row_count) {
  *(size_t *)context = 100 * rows_done / row_count;
  return true;
}

static void check(graphc_status status) {
  if (status == GRAPHC_OK) return;
  fprintf(stderr, "%s\n", graphc_last_error());
  exit(EXIT_FAILURE);
}

int main(int argument_count, char **arguments) {
  graphc_model *model;
  check(graphc_load(argument_count == 2 ? arguments[1] : "edsr-x4.gpack", 0, &model));

  // Rows from the top, red, green, blue.
  uint8_t pixels[2][3][3] = {
    {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}},
    {{0, 0, 0}, {128, 128, 128}, {255, 255, 255}},
  };
  size_t scale, percent = 0;
  check(graphc_scale(model, &scale));
  size_t byte_count = scale * scale * sizeof pixels;
  uint8_t *enlarged = malloc(byte_count);
  if (!enlarged) return EXIT_FAILURE;
  check(graphc_enlarge_pixels(model, &pixels[0][0][0], 3, 2, enlarged, byte_count, show, &percent));
  printf("3 x 2 pixels have become %zu x %zu: %zu %%\n", 3 * scale, 2 * scale, percent);

  // What the entries take and give.
  for (size_t i = 0; graphc_value_name(model, "predict", GRAPHC_INPUT, i); i++)
    printf(
        "predict takes %s: %s\n", graphc_value_name(model, "predict", GRAPHC_INPUT, i),
        graphc_value_type(model, "predict", GRAPHC_INPUT, i));

  size_t shape[4] = {1, 2, 3, 3};
  graphc_array input = {"lr", GRAPHC_U8, 4, shape, pixels};
  graphc_results *results;
  check(graphc_run(model, "predict", &input, 1, &results, NULL, NULL));
  const graphc_array *image = graphc_result(results, 0);
  printf("%s has %zu x %zu pixels\n", image->name, image->shape[2], image->shape[1]);

  graphc_free_results(results);
  free(enlarged);
  graphc_free_model(model);
  return EXIT_SUCCESS;
}
