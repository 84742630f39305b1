/** A comment of the schema as a doc comment of its own lines; nothing without one. */
export function docComment(comment: string | null, indent = ''): string {
  if (!comment) return '';
  const lines = comment.split('\n');
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}
