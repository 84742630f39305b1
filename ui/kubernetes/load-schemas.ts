import { pageText } from '../api.ts';
import { type LoadSchemas, ObjectSchemas } from './object-schemas.ts';

let loading: Promise<ObjectSchemas> | undefined;

/** The names of the fields. They are loaded when the first object in protobuf is shown. */
export const loadSchemas: LoadSchemas = () => {
  if (loading === undefined) {
    loading = pageText('kubernetes-fields.txt').then((table) => new ObjectSchemas(table));
    loading.catch(() => {
      loading = undefined;
    });
  }
  return loading;
};
