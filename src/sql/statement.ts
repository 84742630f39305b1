/** A statement of SQL: written once, prepared once a connection, found by its name. */

/** What a parameter may be; text is bound as text, so that names stay text for kine. */
export type Parameter = string | number | bigint | Uint8Array | null;

/** A column's value as a driver returns it: integers as numbers (lease ids are selected as text). */
export type Value = string | number | Uint8Array | null;

/** A row: its values in the order of the statement's columns. */
export type Row = readonly Value[];

export interface Statement {
  readonly name: string;
  readonly text: string;
  /** `row`: at most one row comes back. `rows`: any number. `change`: none, but how many rows were changed. */
  readonly returns: 'row' | 'rows' | 'change';
}

/**
 * Parameters with their type. A bare `?` in a comparison makes SQLite compile the statement anew whenever its value changes: 10 µs for
 * a probe of 1 µs, 40 µs with the columns of a row. A cast hides the value from the planner, and tells Postgres the type.
 */
export const text = 'CAST(? AS TEXT)';
export const integer = 'CAST(? AS INTEGER)';

/** Declares a statement that returns any number of rows. */
export function selectsRows(name: string, text: string): Statement {
  return { name, text, returns: 'rows' };
}

/** Declares a statement that returns a row or none. */
export function selectsRow(name: string, text: string): Statement {
  return { name, text, returns: 'row' };
}

/** Declares a statement that changes rows; it comes back as one row with their number. */
export function changes(name: string, text: string): Statement {
  return { name, text, returns: 'change' };
}
