/** Milliseconds of the units of `grpc-timeout`. */
export const timeoutUnitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/**
 * The milliseconds of a `grpc-timeout` header, which has at most 8 digits and a unit. Undefined:
 * the header is malformed.
 */
export function parseTimeoutMs(text: string): number | undefined {
  const unit = timeoutUnitMs[text.slice(-1)];
  const digits = text.slice(0, -1);
  if (unit === undefined || !/^\d{1,8}$/.test(digits)) return undefined;
  return Number(digits) * unit;
}
