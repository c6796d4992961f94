#pragma once
// The tables of a store.

namespace residua {

/// A series holds what one measure gave for one model, a row of `results` the values for one text:
/// a number (NULL for NaN), or where there are several the bytes of little-endian doubles. `guard`
/// is a check sum of key and values. `readable` is for people with an SQLite tool. A run is a
/// record as JSON; `summary` is the part that a list shows.
inline constexpr char kSchema[] = R"(
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  measure TEXT NOT NULL,
  engine TEXT NOT NULL,
  model TEXT NOT NULL,
  made INTEGER NOT NULL,
  UNIQUE (model, measure, engine)
);
CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE
);
CREATE TABLE results (
  series INTEGER NOT NULL,
  text INTEGER NOT NULL,
  value,
  guard INTEGER NOT NULL,
  PRIMARY KEY (series, text)
) WITHOUT ROWID;
CREATE VIEW readable AS
  SELECT measure, engine, model, digest AS text, value,
         datetime(made, 'unixepoch') AS made
  FROM results JOIN series ON series.id = results.series JOIN texts ON texts.id = results.text;
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  started TEXT NOT NULL,
  seconds REAL NOT NULL,
  status TEXT NOT NULL,
  summary TEXT NOT NULL,
  record TEXT NOT NULL
);
)";

} // namespace residua
