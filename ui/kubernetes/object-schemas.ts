/** A field of a message of Kubernetes, by what YAML has of it. */
export interface FieldSchema {
  readonly number: number;
  /** Undefined: YAML has the members of the inner message in place of the field. */
  readonly name: string | undefined;
  readonly cardinality: 'one' | 'list' | 'map';
  /** A scalar of `scalar-values.ts`, or the whole name of a message, such as `v1.PodSpec`. */
  readonly type: string;
  /** YAML leaves out an empty value. */
  readonly omitsEmpty: boolean;
  /** YAML has null when the field is not there. */
  readonly isNullable: boolean;
}

/** The fields of a message by their numbers. */
export type MessageSchema = ReadonlyMap<number, FieldSchema>;

/** Loads the table when it is first needed. */
export type LoadSchemas = () => Promise<ObjectSchemas>;

const fieldWord = /^(\d+)([A-Za-z]\w*)?(?::([*%]?)([A-Za-z][\w./]*)?([?!]?))?$/;
const cardinalities = { '': 'one', '*': 'list', '%': 'map' } as const;

/** The messages of `kubernetes-fields.txt`. The head of the file describes its form. */
export class ObjectSchemas {
  /** Lines of messages by their whole names. */
  readonly #lines = new Map<string, { readonly apiVersion: string; readonly words: readonly string[] }>();
  readonly #schemas = new Map<string, MessageSchema>();

  constructor(table: string) {
    let apiVersion = '';
    for (const line of table.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const [first = '', message = '', ...words] = line.split(' ');
      if (first === '') this.#lines.set(`${apiVersion}.${message}`, { apiVersion, words });
      else apiVersion = first;
    }
  }

  /** The whole names of all messages. */
  names(): readonly string[] {
    return [...this.#lines.keys()];
  }

  /** The message of a whole name, such as `apps/v1.Deployment`; undefined if the table lacks it. */
  message(name: string): MessageSchema | undefined {
    const line = this.#lines.get(name);
    if (line === undefined) return undefined;
    let schema = this.#schemas.get(name);
    if (schema === undefined) {
      schema = schemaOf(line.words, line.apiVersion);
      this.#schemas.set(name, schema);
    }
    return schema;
  }
}

/** The schema of a line: its words, and the version in which messages without one are. */
export function schemaOf(words: readonly string[], apiVersion: string): MessageSchema {
  return new Map(words.map((word) => fieldOf(word, apiVersion)).map((field) => [field.number, field]));
}

function fieldOf(word: string, apiVersion: string): FieldSchema {
  const [, number, name, mark = '', type = '', ending] = fieldWord.exec(word) ?? [];
  return {
    number: Number(number),
    name,
    cardinality: cardinalities[mark as keyof typeof cardinalities],
    type: type === '' ? 'text' : /^[A-Z]\w*$/.test(type) ? `${apiVersion}.${type}` : type,
    omitsEmpty: ending === '?',
    isNullable: ending === '!',
  };
}
