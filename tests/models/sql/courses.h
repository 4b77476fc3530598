/* Many on both sides, with a model between: what relations lead to over several steps. */
#pragma once
#include <toasty/model.h>

toasty_model(Student) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
    toasty_has_many(Enrolment, enrolments);
    toasty_has_many(Course, courses, via = enrolments.course);
    toasty_has_many(Teacher, teachers, via = enrolments.course.teacher);
    toasty_has_many(Lesson, lessons, via = enrolments.course.lessons);
    toasty_has_many(Follow, follows, pair = follower);
    toasty_has_many(Follow, followed_by, pair = followed);
    toasty_has_many(Student, followed, via = follows.followed);
    toasty_has_many(Student, followers, via = followed_by.follower);
};

/* A student is in a course once. */
toasty_model(Enrolment, key = (student_id, course_code)) {
                                 uint64_t     student_id;
    toasty_belongs_to(Student, student);
                                 const char  *course_code;
    toasty_belongs_to(Course, course, key = course_code, references = code);
    toasty_opt(int32_t)                       grade;
};

toasty_model(Course) {
    toasty(key)                  const char  *code;
                                 const char  *title;
    toasty_opt(uint64_t)                      teacher_id;
    toasty_belongs_to(Teacher, teacher);
    toasty_has_many(Enrolment, enrolments);
    toasty_has_many(Student, students, via = enrolments.student);
    toasty_has_many(Lesson, lessons);
};

toasty_model(Teacher) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
    toasty_has_many(Course, courses);
    toasty_has_many(Student, students, via = courses.enrolments.student);
};

toasty_model(Lesson) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *course_code;
    toasty_belongs_to(Course, course, key = course_code, references = code);
                                 int32_t      hour;
};

/* May be said twice. */
toasty_model(Follow) {
    toasty(key, auto)            uint64_t     id;
                                 uint64_t     follower_id;
    toasty_belongs_to(Student, follower);
                                 uint64_t     followed_id;
    toasty_belongs_to(Student, followed);
};
