const poolBytes = 4 * 1024 * 1024;

/** Makes values that do not repeat: random text made once, cut at random places. */
export function valueSource(valueBytes: number): () => Buffer {
  const pool = Buffer.from(Array.from({ length: poolBytes + valueBytes }, () => 97 + Math.floor(Math.random() * 26)));
  return () => {
    const start = Math.floor(Math.random() * poolBytes);
    return pool.subarray(start, start + valueBytes);
  };
}
