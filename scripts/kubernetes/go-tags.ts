/** What the JSON encoder of Go does with a field. Only the tags of the Go structs have it. */
export interface GoTag {
  readonly jsonName: string;
  /** JSON has the members of the inner struct in place of the field. */
  readonly isEmbedded: boolean;
  /** JSON has no member for zero, an empty text or false. A pointer is never empty. */
  readonly omitsEmpty: boolean;
  /** The same for a struct without a value. */
  readonly omitsZero: boolean;
  /** JSON has null for a pointer, list or map that is not there. */
  readonly isNullable: boolean;
}

const structStart = /^type (\w+) struct \{$/;

/** The tags of all structs in a source, by struct and number of the field, such as `Pod 2`. */
export function goTags(source: string): readonly (readonly [place: string, tag: GoTag])[] {
  const tags: (readonly [string, GoTag])[] = [];
  let struct: string | undefined;
  for (const line of source.split('\n')) {
    if (line === '}') struct = undefined;
    struct = structStart.exec(line)?.[1] ?? struct;
    const [declaration = '', texts = ''] = line.split('`');
    const json = /json:"([^"]*)"/.exec(texts)?.[1];
    const number = /protobuf:"\w+,(\d+)/.exec(texts)?.[1];
    if (struct === undefined || json === undefined || number === undefined) continue;
    tags.push([`${struct} ${number}`, tagOf(json, declaration.trim().split(/\s+/))]);
  }
  return tags;
}

/** The words of a declaration are a name and a type, or only the type of an embedded struct. */
function tagOf(json: string, words: readonly string[]): GoTag {
  const type = words.at(-1) ?? '';
  const [jsonName = '', ...options] = json.split(',');
  return {
    jsonName,
    isEmbedded: words.length === 1 && jsonName === '',
    omitsEmpty: options.includes('omitempty') && !type.startsWith('*'),
    omitsZero: options.includes('omitzero'),
    isNullable: !options.includes('omitempty') && /^(?:\*|\[|map\[)/.test(type),
  };
}
