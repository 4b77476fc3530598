/* error: there is no model here */ // error: there is no model here
#include <toasty/model.h>
