/* Found only with the include path of the target: what models.h relies on. */
#ifndef KINDS_H
#define KINDS_H
typedef enum { KIND_CAT, KIND_DOG } Kind;
#endif
