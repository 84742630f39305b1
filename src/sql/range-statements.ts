/** The statements of ranges: the rows of an interval of keys, now or at a revision, and their number. */
import { compactMarkName } from './key-text.ts';
import { createRevision, modRevision, rowColumns, version } from './row.ts';
import { integer, type Statement, selectsRow, selectsRows, text } from './statement.ts';

/** Which rows a range reads: the newest of each key, or the newest at or before an id. The cost of both follows the names, not the rows of each. */
export type RangeSource = 'current' | 'history';

/** What a range statement selects beside the row's columns. */
export interface RangeShape {
  readonly source: RangeSource;
  readonly withValue: boolean;
  /** Undefined: by name, ascending. */
  readonly sort: { readonly target: string; readonly descending: boolean } | undefined;
  readonly filtered: boolean;
}

const rangeStatements = new Map<string, Statement>();

/**
 * The statement of a range. Parameters in order: start, end; the id unless `current`; for `filtered` max and min modification revision,
 * max and min create revision, each twice (0: no bound); the limit (-1: none).
 */
export function rangeStatement(shape: RangeShape): Statement {
  const name = [
    'range',
    shape.source,
    shape.withValue ? 'values' : 'keys',
    shape.sort === undefined
      ? 'by_key'
      : `by_${shape.sort.target}_${shape.sort.descending ? 'descending' : 'ascending'}`,
    shape.filtered ? 'filtered' : 'all',
  ].join('_');
  let statement = rangeStatements.get(name);
  if (statement === undefined) {
    statement = selectsRows(name, rangeText(shape));
    rangeStatements.set(name, statement);
  }
  return statement;
}

/** How many keys a range has. Parameters: start, end; the id unless `current`. */
export function countStatement(source: RangeSource): Statement {
  return countStatements[source];
}

// CROSS JOIN fixes the order: walk the names, probe the table, so that a limit ends the walk.
function rangeText(shape: RangeShape): string {
  return `WITH RECURSIVE ${namesOf[shape.source]}
  SELECT ${rowColumns('kine')}${shape.withValue ? ', kine.value' : ''}
  FROM names
  CROSS JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'
  ${shape.filtered ? filters : ''}
  ${order(shape)}
  LIMIT ${integer}`;
}

const bounds = `bounds(first_name, end_name, through_id) AS (SELECT ${text}, ${text}, ${integer})`;

/** One of the bounds as a scalar, which SQLite uses to seek; joined, it would only filter. */
function bound(column: string): string {
  return `(SELECT ${column} FROM bounds)`;
}

const namesOf: Record<RangeSource, string> = {
  current: `names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ${text} AND name < ${text}
  )`,
  // Two probes a name: the next name, and its newest row at or before the id.
  history: `${bounds},
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= ${bound('first_name')} AND name < ${bound('end_name')}
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < ${bound('end_name')})
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= ${bound('through_id')}
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )`,
};

const countStatements: Record<RangeSource, Statement> = {
  // Walks the index of newest rows alone.
  current: selectsRow(
    'count_current',
    `SELECT COUNT(*)
    FROM kine_current
    WHERE name >= ${text} AND name < ${text}`,
  ),
  history: selectsRow(
    'count_history',
    `WITH RECURSIVE ${namesOf.history}
    SELECT COUNT(*)
    FROM names
    CROSS JOIN kine ON kine.id = names.id
    WHERE kine.deleted = 0 AND kine.name <> '${compactMarkName}'`,
  ),
};

const filters = `AND (${integer} = 0 OR ${modRevision('kine')} <= ${integer})
    AND (${integer} = 0 OR ${modRevision('kine')} >= ${integer})
    AND (${integer} = 0 OR ${createRevision('kine')} <= ${integer})
    AND (${integer} = 0 OR ${createRevision('kine')} >= ${integer})`;

const sortColumns: Record<string, string> = {
  key: 'names.name',
  version: version('kine'),
  create: createRevision('kine'),
  mod: modRevision('kine'),
  value: "COALESCE(kine.value, X'')",
};

/**
 * The names come in their order from each source. Saying so again would make SQLite collect all rows to sort them before it gives the first; the
 * reader asserts the order instead.
 */
function order({ source, sort }: RangeShape): string {
  if (sort === undefined) return source === 'current' ? 'ORDER BY names.name' : '';
  return `ORDER BY ${sortColumns[sort.target]} ${sort.descending ? 'DESC' : 'ASC'}, names.name`;
}

// The newest rows of an interval with the length of their values instead of the values.
export const CURRENT_LENGTHS = selectsRows(
  'current_lengths',
  `SELECT ${rowColumns('kine')}, COALESCE(LENGTH(kine.value), 0)
  FROM kine_current
  CROSS JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ${text} AND kine_current.name < ${text}
  ORDER BY kine_current.name
  LIMIT ${integer}`,
);

// The values of an interval's newest rows, one after the other in one blob: reading 10,000 values one by one costs 24 ms, in one
// piece 12 ms. The walk over kine_current is in the order of names.
export const CURRENT_VALUES = selectsRow(
  'current_values',
  `SELECT CAST(GROUP_CONCAT(value, '') AS BLOB)
  FROM (
    SELECT COALESCE(kine.value, X'') AS value
    FROM kine_current
    CROSS JOIN kine ON kine.id = kine_current.id
    WHERE kine_current.name >= ${text} AND kine_current.name <= ${text}
    ORDER BY kine_current.name)`,
);
