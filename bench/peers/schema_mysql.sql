SET FOREIGN_KEY_CHECKS = 0;
DROP TABLE IF EXISTS comments, posts, users;
SET FOREIGN_KEY_CHECKS = 1;
CREATE TABLE users (id bigint PRIMARY KEY AUTO_INCREMENT, name longtext NOT NULL, hair_color longtext) CHARSET utf8mb4;
CREATE TABLE posts (id bigint PRIMARY KEY AUTO_INCREMENT, user_id bigint NOT NULL, title longtext NOT NULL,
  INDEX posts_user_id_idx (user_id), FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE) CHARSET utf8mb4;
CREATE TABLE comments (id bigint PRIMARY KEY AUTO_INCREMENT, post_id bigint NOT NULL, text longtext NOT NULL,
  INDEX comments_post_id_idx (post_id), FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE) CHARSET utf8mb4;
