#include <graphc.h>
#include <stdio.h>

int main(void) {
  graphc_model *model;
  if (graphc_load("edsr-x4.gpack", 0, &model) != GRAPHC_OK ||
      graphc_enlarge_file(model, "photo.png", "big.png", NULL, NULL) != GRAPHC_OK) {
    fprintf(stderr, "%s\n", graphc_last_error());
    return 1;
  }
  graphc_free_model(model);
  return 0;
}
