/** The view reads again at this interval, while it is visible. */
export const refreshMs = 10_000;
