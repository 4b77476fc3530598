/* Relations that go via others: many-to-many, over several steps, and of a model with itself. */
#include "courses.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* Ann is in maths and music, Bob in music and physics, Cid in nothing. Maths and music are Tess's, physics is
 * nobody's. Ann follows Bob twice, Bob follows Ann and himself. */
typedef struct school {
    Student *ann, *bob, *cid;
    Teacher *tess;
} school;

static void make_course(toasty_db *db, const char *code, const Teacher *teacher)
{
    toasty_auto(Course) made = course_create(db, .code = code, .title = code, .teacher = teacher,
                                             .lessons = lesson_new({.hour = 8}, {.hour = 10}));
    check_some(made);
}

static Student *make_student(toasty_db *db, const char *name, const char *first, const char *second)
{
    Student *made = student_create(db, .name = name);
    check_some(made);
    const char *codes[] = {first, second};
    for (int i = 0; i < 2 && codes[i]; i++) {
        toasty_auto(Enrolment) in = enrolment_create(db, .student = made, .course_code = codes[i]);
        check_some(in);
    }
    return made;
}

static void follow(toasty_db *db, const Student *who, const Student *whom)
{
    toasty_auto(Follow) made = follow_create(db, .follower = who, .followed = whom);
    check_some(made);
}

static school open_school(toasty_db *db)
{
    school s = {.tess = teacher_create(db, .name = "Tess")};
    check_some(s.tess);
    make_course(db, "maths", s.tess);
    make_course(db, "music", s.tess);
    make_course(db, "physics", NULL);
    s.ann = make_student(db, "Ann", "maths", "music");
    s.bob = make_student(db, "Bob", "music", "physics");
    s.cid = make_student(db, "Cid", NULL, NULL);
    follow(db, s.ann, s.bob);
    follow(db, s.ann, s.bob);
    follow(db, s.bob, s.ann);
    follow(db, s.bob, s.bob);
    suite_clear_log();
    return s;
}

static void close_school(school *s)
{
    toasty_free(s->ann);
    toasty_free(s->bob);
    toasty_free(s->cid);
    toasty_free(s->tess);
}
#define SCHOOL(s) __attribute__((cleanup(close_school), unused)) school s = open_school(db)

/* "Ann Bob": the names of a list, in its order. */
static const char *names(const StudentList *list)
{
    static _Thread_local char text[200];
    text[0] = '\0';
    for (size_t i = 0; list && i < list->len; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", list->items[i].name);
    return text;
}

static const char *codes(const CourseList *list)
{
    static _Thread_local char text[200];
    text[0] = '\0';
    for (size_t i = 0; list && i < list->len; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", list->items[i].code);
    return text;
}

TOASTY_TEST(via, what_belongs_to_a_record_is_one_statement_and_each_of_it_is_there_once)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    suite_cost cost = suite_start_cost(db);
    toasty_auto(CourseList) courses = student_courses(db, s.ann, .order_by = {course_code_asc()});
    check_some(courses);
    check_text("maths music", codes(courses));
    check_uint(1, suite_operations(&cost));
    toasty_auto(StudentList) followed = student_followed(db, s.ann);
    check_text("Bob", names(followed));
    toasty_auto(StudentList) of_tess = teacher_students(db, s.tess, .order_by = {student_name_asc()});
    check_text("Ann Bob", names(of_tess)); /* Ann is there by two courses */
    check_int(1, student_teachers_count(db, s.ann));
    check_int(4, student_lessons_count(db, s.ann));
    check_int(0, student_courses_count(db, s.cid));
    toasty_auto(CourseList) none = student_courses(db, s.cid);
    check_some(none);
    check_uint(0, none->len);
}

TOASTY_TEST(via, it_is_read_with_conditions_orders_limits_and_includes_as_others_are)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    toasty_auto(CourseList) music = student_courses(
        db, s.bob, .where = course_title_eq("music"),
        .include = {course_with_teacher(), course_with_students(.order_by = {student_name_desc()})});
    check_some(music);
    check_text("music", codes(music));
    check_text("Tess", music->items[0].teacher->name);
    check_text("Bob Ann", names((StudentList *)&music->items[0].students));
    toasty_auto(Course) last = student_courses_first(db, s.bob, .order_by = {course_code_desc()});
    check_some(last);
    check_text("physics", last->code);
    check_null(student_courses_get(db, s.bob));
    check_last_error(TOASTY_TOO_MANY_ROWS);
    check_int(1, student_courses_count(db, s.bob, .where = course_teacher_is()));
    check_int(1, student_courses_exists(db, s.bob, .where = course_code_eq("physics")));
    check_int(0, student_courses_exists(db, s.ann, .where = course_code_eq("physics")));
    toasty_auto(LessonList) two = student_lessons(db, s.ann, .limit = 2, .order_by = {lesson_hour_desc()});
    check_some(two);
    check_uint(2, two->len);
    check_int(10, two->items[0].hour);
}

TOASTY_TEST(via, an_include_is_one_statement_for_all_records)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    suite_cost cost = suite_start_cost(db);
    toasty_auto(StudentList) all = student_all(
        db, .order_by = {student_name_asc()},
        .include = {student_with_courses(.order_by = {course_code_desc()}), student_with_teachers(),
                    student_with_followed(.order_by = {student_name_asc()}), student_with_followers()});
    check_some(all);
    check_uint(5, suite_operations(&cost));
    check_uint(3, all->len);
    check_text("music maths", codes((CourseList *)&all->items[0].courses));
    check_text("physics music", codes((CourseList *)&all->items[1].courses));
    check_that(all->items[2].courses.loaded);
    check_uint(0, all->items[2].courses.len);
    check_uint(1, all->items[0].teachers.len);
    check_uint(1, all->items[1].teachers.len);
    check_text("Tess", all->items[1].teachers.items[0].name);
    check_text("Bob", names((StudentList *)&all->items[0].followed));
    check_text("Ann Bob", names((StudentList *)&all->items[1].followed));
    check_text("Bob", names((StudentList *)&all->items[0].followers));
    check_uint(2, all->items[1].followers.len);
}

TOASTY_TEST(via, what_is_found_via_several_records_has_its_own_includes_each_time)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    toasty_auto(StudentList) all = student_all(
        db, .order_by = {student_name_asc()},
        .include = {student_with_courses(
                .order_by = {course_code_asc()},
                .include = {course_with_lessons(.order_by = {lesson_hour_asc()}), course_with_teacher(),
                            course_with_students(
                                    .order_by = {student_name_asc()},
                                    .include = {student_with_courses(.order_by = {course_code_asc()})})})});
    check_some(all);
    for (size_t i = 0; i < 2; i++) { /* music, of Ann and of Bob */
        Course *music = &all->items[i].courses.items[i ? 0 : 1];
        check_text("music", music->code);
        check_uint(2, music->lessons.len);
        check_int(8, music->lessons.items[0].hour);
        check_text("Tess", music->teacher->name);
        check_text("Ann Bob", names((StudentList *)&music->students));
        check_text("maths music", codes((CourseList *)&music->students.items[0].courses));
        check_text("music physics", codes((CourseList *)&music->students.items[1].courses));
    }
}

TOASTY_TEST(via, conditions_ask_for_any_none_and_every)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    suite_cost cost = suite_start_cost(db);
    toasty_auto(StudentList) music = student_all(db, .where = student_courses_any(course_code_eq("music")),
                                                 .order_by = {student_name_asc()});
    check_text("Ann Bob", names(music));
    check_uint(1, suite_operations(&cost));
    toasty_auto(StudentList) no_maths = student_all(
        db, .where = student_courses_none(course_code_eq("maths")), .order_by = {student_name_asc()});
    check_text("Bob Cid", names(no_maths));
    toasty_auto(StudentList) only_m = student_all(
        db, .where = student_courses_every(course_code_starts_with("m")), .order_by = {student_name_asc()});
    check_text("Ann Cid", names(only_m));
    toasty_auto(StudentList) in_none = student_all(db, .where = student_courses_none());
    check_text("Cid", names(in_none));
    toasty_auto(StudentList) taught = student_all(db, .where = student_teachers_any(teacher_name_eq("Tess")),
                                                  .order_by = {student_name_asc()});
    check_text("Ann Bob", names(taught));
    /* nobody's course has no teacher for which it could be untrue */
    toasty_auto(StudentList) every = student_all(db, .where = student_teachers_every(teacher_name_eq("Tess")),
                                                 .order_by = {student_name_asc()});
    check_text("Ann Bob Cid", names(every));
    check_int(1,
              student_count(db, .where = student_followed_any(student_courses_any(course_code_eq("maths")))));
}

TOASTY_TEST(via, a_limit_for_each_needs_that_nothing_is_found_twice)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    toasty_auto(StudentList) all =
        student_all(db, .order_by = {student_name_asc()},
                    .include = {student_with_courses(.order_by = {course_code_desc()}, .limit = 1)});
    check_some(all);
    check_text("music", codes((CourseList *)&all->items[0].courses));
    check_text("physics", codes((CourseList *)&all->items[1].courses));
    check_uint(0, all->items[2].courses.len);
    check_null(student_all(db, .include = {student_with_followed(.limit = 1)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(student_all(db, .include = {student_with_teachers(.limit = 1)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(via, thousands_of_links_come_in_the_order_asked_and_chunks_are_put_together)
{
    toasty_auto(toasty_db) db = suite_open();
    enum { STUDENTS = 600, COURSES = 40 };
    CourseNew courses[COURSES];
    StudentNew students[STUDENTS];
    static char codes_of[COURSES][8], names_of[STUDENTS][8];
    static EnrolmentNew links[STUDENTS * 5];
    for (int i = 0; i < COURSES; i++) {
        snprintf(codes_of[i], sizeof codes_of[i], "c%02d", i);
        courses[i] = (CourseNew){.code = codes_of[i], .title = "x"};
    }
    for (int i = 0; i < STUDENTS; i++) {
        snprintf(names_of[i], sizeof names_of[i], "s%03d", i);
        students[i] = (StudentNew){.name = names_of[i]};
    }
    toasty_auto(CourseList) made = course_create_array(db, courses, COURSES);
    toasty_auto(StudentList) pupils = student_create_array(db, students, STUDENTS);
    check_some(made);
    check_some(pupils);
    for (int i = 0; i < STUDENTS * 5; i++)
        links[i] = (EnrolmentNew){.student_id = pupils->items[i / 5].id,
                                  .course_code = codes_of[(i / 5 + 7 * (i % 5)) % COURSES]};
    toasty_auto(EnrolmentList) all = enrolment_create_array(db, links, STUDENTS * 5);
    check_some(all);
    toasty_auto(StudentList) read =
        student_all(db, .order_by = {student_name_asc()},
                    .include = {student_with_courses(.order_by = {course_code_desc()})});
    check_some(read);
    check_uint(STUDENTS, read->len);
    for (int i = 0; i < STUDENTS; i++) {
        check_uint(5, read->items[i].courses.len);
        for (size_t c = 0; c < 4; c++)
            check_that(
                strcmp(read->items[i].courses.items[c].code, read->items[i].courses.items[c + 1].code) > 0);
    }
    toasty_auto(CourseList) by_course = course_all(db, .include = {course_with_students()});
    size_t total = 0;
    for (size_t i = 0; by_course && i < by_course->len; i++)
        total += by_course->items[i].students.len;
    check_uint(STUDENTS * 5, total);
}

TOASTY_TEST(via, a_copy_and_a_page_have_it_as_other_relations)
{
    toasty_auto(toasty_db) db = suite_open();
    SCHOOL(s);
    toasty_auto(StudentPage) page = student_page(db, .per_page = 2, .order_by = {student_name_asc()},
                                                 .include = {student_with_courses()});
    check_some(page);
    check_uint(2, page->items[0].courses.len);
    toasty_auto(Student) copy = student_copy(&page->items[0]);
    check_some(copy);
    check_that(!copy->courses.loaded);
    check_done(student_update(db, s.ann, student_name_set("Anna")));
    check_done(student_delete(db, s.bob));
    check_int(1, student_courses_count(db, s.ann, .where = course_students_none(student_name_eq("Bob"))) - 1);
}
