/** A header's name and value. */
export type HeaderField = readonly [name: string, value: string];

/** The value of a header. The values of repeated headers are joined by commas. */
export function headerValue(fields: readonly HeaderField[], name: string): string | undefined {
  let found: string | undefined;
  for (const [each, value] of fields) {
    if (each === name) found = found === undefined ? value : `${found},${value}`;
  }
  return found;
}

/** The first value of a header. */
export function firstHeaderValue(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find(([each]) => each === name)?.[1];
}
