/* Includes, changes and calls of relations. */
#include "models.toasty.h"

int use(toasty_db *db, Folder *folder, File *file);

int use(toasty_db *db, Folder *folder, File *file)
{
    toasty_auto(FolderList) tree = folder_all(
        db, .include = {folder_with_children(.include = {folder_with_files(.limit = 3)}), folder_with_cover(),
                        folder_with_parent()});
    toasty_auto(Folder) made = folder_create(
        db, .new_parent = folder_new({.files = file_new({.name = "a", .lines = line_new({.number = 1}, {.number = 2})})}),
        .parent = folder);
    toasty_auto(FolderList) children = folder_children(db, folder, .where = folder_parent_id_is_not_null());
    toasty_auto(File) cover = folder_cover(db, folder, .include = {file_with_lines()});
    toasty_auto(Folder) parent = folder_parent(db, folder);
    toasty_auto(File) new_file = folder_files_create(db, folder, .name = "b");
    toasty_auto(File) new_cover = folder_cover_create(db, folder, .name = "c");
    toasty_auto(FileList) in_folder = file_by_folder(db, folder->id);
    toasty_auto(LineList) lines = line_by_file_folder_and_file_name(db, folder->id, "a");
    toasty_auto(FolderDraft) draft = folder_draft_new();
    if (!tree || !made || !children || !cover || !parent || !new_file || !new_cover || !in_folder || !lines ||
        folder_draft_add_files(draft, file_new({.name = "d"})) < 0)
        return -1;
    toasty_auto(FolderList) asked = folder_all(
        db, .where = folder_or(folder_children_any(folder_files_none(), folder_cover_is(file_lines_every(line_number_gt(1)))),
                               folder_not(folder_parent_is_not(folder_children_any()))));
    if (!asked || folder_update(db, folder, folder_parent_set(NULL)) < 0 || folder_children_link(db, folder, made) < 0 ||
        folder_children_unlink(db, folder, made) < 0 || file_update(db, file, file_covered_set(folder)) < 0 ||
        file_lines_update(db, file, .set = {line_number_add(1)}) < 0 ||
        file_lines_delete(db, file, .where = line_number_gt(3)) < 0)
        return -1;
    return (int)file_lines_count(db, file);
}
