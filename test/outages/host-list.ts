import type { Driver } from '../support/index.ts';

/** The driver with a list of all addresses instead of the address of the first port. */
export function listDriver(driver: Driver, [first, ...others]: readonly number[]): Driver {
  const address = `127.0.0.1:${first}`;
  const list = [address, ...others.map((port) => `127.0.0.1:${port}`)].join();
  return {
    ...driver,
    storageArguments: (directory) =>
      driver.storageArguments(directory).map((argument) => argument.replace(address, list)),
  };
}
