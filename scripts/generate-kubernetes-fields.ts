/**
 * Writes ui/kubernetes/kubernetes-fields.txt, the names of the fields of Kubernetes' objects, from
 * two Go modules of Kubernetes. The module cache has them, or gets them from the network:
 *
 *     go mod download -json k8s.io/api@v0.37.2 k8s.io/apimachinery@v0.37.2   # prints each "Dir"
 *     npm run generate:kubernetes -- DIR_OF_API DIR_OF_APIMACHINERY
 *
 * Numbers and types are read from `generated.proto`, names in JSON from the tags of the Go structs.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ApiPackage, fieldsTable } from './kubernetes/fields-table.ts';
import { goTags } from './kubernetes/go-tags.ts';
import { protoMessages } from './kubernetes/proto-messages.ts';

const target = join(import.meta.dirname, '..', 'ui', 'kubernetes', 'kubernetes-fields.txt');

const modules = process.argv.slice(2);
const packages = modules.flatMap((module) => globSync(join(module, '**', 'generated.proto')).map(apiPackage));
if (packages.length === 0) {
  console.error('usage: npm run generate:kubernetes -- DIR_OF_API DIR_OF_APIMACHINERY');
  process.exitCode = 2;
} else writeFileSync(target, fieldsTable(packages.toSorted(byVersion)));

function apiPackage(protoPath: string): ApiPackage {
  const folder = dirname(protoPath);
  const sources = globSync(join(folder, '*.go')).map((path) => readFileSync(path, 'utf8'));
  const group = sources
    .map((source) => /^const GroupName = "(.*)"/m.exec(source)?.[1])
    .find((name) => name !== undefined);
  const version = folder.slice(folder.lastIndexOf('/') + 1);
  return {
    apiVersion: group === '' ? version : `${group ?? folder}/${version}`,
    proto: protoMessages(readFileSync(protoPath, 'utf8')),
    tags: new Map(sources.flatMap(goTags)),
  };
}

function byVersion(left: ApiPackage, right: ApiPackage): number {
  return left.apiVersion < right.apiVersion ? -1 : 1;
}
