import { before, test } from 'node:test';
import { TINE_DRIVERS } from '../support/index.ts';
import { isChosen, pythonRecipes, runRecipe } from '../support/recipe-programs.ts';
import { twoServers } from '../support/two-servers.ts';

/** What test/recipes/python/recipes.py knows, and what of it is promised. */
const recipes = {
  lock: 'locks let one in at a time',
  'lock-expires': 'a lock goes with its lease',
  transactions: 'transactions lose no update',
  watch: 'watches see everything once and in order, from the past too',
  leases: 'leases are renewed, revoked and expire through either',
  keys: 'ranges, orders and deletes of prefixes',
  status: 'both show one version and the same members',
};

if (isChosen('python')) {
  let program: string[] = [];
  before(async () => {
    program = await pythonRecipes();
  });

  for (const driver of TINE_DRIVERS.slice(0, 2)) {
    const servers = twoServers(driver);
    for (const [recipe, promise] of Object.entries(recipes)) {
      test(`${driver.name}: through two instances, Python's etcd3: ${promise}`, () =>
        runRecipe(program, { addresses: servers.addresses, prefix: `/${recipe}/`, recipe }));
    }
  }
}
