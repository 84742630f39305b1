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

const struct = /^type (\w+) struct \{\n(.*?)^\}/gms;
const field =
  /^\s+(?:(?<name>\w+)\s+)?(?<type>[*\w.[\]]+)\s+`(?=[^`]*json:"(?<json>[^"]*)")[^`]*protobuf:"\w+,(?<number>\d+)/gm;

/** The tags of all structs in a source, by struct and number of the field, such as `Pod 2`. */
export function goTags(source: string): readonly (readonly [place: string, tag: GoTag])[] {
  return [...source.matchAll(struct)].flatMap(([, name, body = '']) =>
    [...body.matchAll(field)].map(({ groups = {} }) => [`${name} ${groups.number}`, tagOf(groups)] as const),
  );
}

function tagOf({ name, type = '', json = '' }: Readonly<Record<string, string | undefined>>): GoTag {
  const [jsonName = '', ...options] = json.split(',');
  return {
    jsonName,
    isEmbedded: name === undefined && jsonName === '',
    omitsEmpty: options.includes('omitempty') && !type.startsWith('*'),
    omitsZero: options.includes('omitzero'),
    isNullable: !options.includes('omitempty') && /^(?:\*|\[|map\[)/.test(type),
  };
}
