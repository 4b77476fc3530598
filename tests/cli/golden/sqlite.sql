CREATE TABLE "owners" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "age" INTEGER,
    CONSTRAINT "owners_age_check" CHECK ("age" BETWEEN -32768 AND 32767)
) STRICT;
CREATE TABLE "the notes" (
    "owner_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "level" INTEGER NOT NULL,
    "due" TEXT,
    "body" BLOB,
    "created_at" TEXT NOT NULL,
    "reader_id" INTEGER,
    CONSTRAINT "the notes_pkey" PRIMARY KEY ("owner_id", "number"),
    CONSTRAINT "the notes_number_check" CHECK ("number" BETWEEN 0 AND 255),
    CONSTRAINT "the notes_state_check" CHECK ("state" IN ('open', 'done, "really"')),
    CONSTRAINT "the notes_level_check" CHECK ("level" IN (-1, 10)),
    CONSTRAINT "the notes_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "owners" ("id") ON DELETE CASCADE,
    CONSTRAINT "the notes_reader_id_fkey" FOREIGN KEY ("reader_id") REFERENCES "owners" ("id") ON DELETE SET NULL
) STRICT;
CREATE UNIQUE INDEX "owners_email_key" ON "owners" ("email");
CREATE INDEX "owners_age_idx" ON "owners" ("age");
CREATE INDEX "the notes_state_due_idx" ON "the notes" ("state", "due");
CREATE INDEX "the notes_reader_id_idx" ON "the notes" ("reader_id");
