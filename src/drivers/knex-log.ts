/** What knex would print goes to the caller as an error anyway. */
export const silence = { debug() {}, deprecate() {}, error() {}, warn() {} };
