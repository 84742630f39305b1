/** What knex would print goes to the caller as an error anyway. */
export const silentLog = { debug() {}, deprecate() {}, error() {}, warn() {} };
