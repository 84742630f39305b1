import { before, test } from 'node:test';
import { TINE_DRIVERS } from '../support/index.ts';
import { isChosen, pythonRecipes, runRecipe } from '../support/recipe-programs.ts';
import { twoServers } from '../support/two-servers.ts';

/** The recipes of test/recipes/python/recipes.py, and the property that each one checks. */
const recipes = {
  lock: 'a lock has one holder at a time',
  'lock-expires': 'a lock is released when its lease ends',
  transactions: 'transactions lose no update',
  watch: 'watches receive every event once and in order, also from a past revision',
  leases: 'leases can be renewed and revoked, and expire, through both instances',
  keys: 'prefixes can be read, sorted and deleted',
  status: 'both instances report one version and the same members',
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
