/** Decodes columns: whole numbers as numbers, bytes as bytes, and all others as text. */
import type { CustomTypesConfig } from 'pg';

/** Postgres's oids of its types. */
const oid = {
  boolean: 16,
  bytes: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  float8: 701,
  varchar: 1043,
  numeric: 1700,
} as const;

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [oid.boolean]: (text) => text === 't',
  // Ids and revisions stay far below 2^53; lease ids are selected as text.
  [oid.int8]: Number,
  [oid.int2]: Number,
  [oid.int4]: Number,
  [oid.float8]: Number,
  [oid.numeric]: Number,
  // The form that `selectedBytes` of the dialect selects. Names are of type text.
  [oid.varchar]: (text) => Buffer.from(text, 'base64'),
  [oid.bytes]: (text) => Buffer.from(text.slice(2), 'hex'),
};

const asText = (text: string): string => text;

export const columnTypes = {
  getTypeParser: (type: number) => parsers[type] ?? asText,
} as CustomTypesConfig;
