/** Errors of S3-compatible storage as one line for an operator. */
import type { BucketStorage } from '../../config/config.ts';
import { isOwnError } from '../../errors.ts';
import { SnapshotError } from '../snapshot-error.ts';

/** The parts of an error of the client that are read. Its other parts may contain credentials. */
interface ClientError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** `what`: the name of the bucket and folder. */
export function storageError(error: unknown, { what, storage }: { what: string; storage: BucketStorage }): unknown {
  if (isOwnError(error) || error instanceof SnapshotError) return error;
  const found = error as ClientError;
  if (found.name === 'AbortError') return error;
  const { reason, isLasting } = reasonOf(found, storage.endpoint ?? `Amazon S3 in ${storage.region}`);
  return new SnapshotError(`${what}: ${reason}`, { isLasting });
}

function reasonOf(error: ClientError, endpoint: string): { readonly reason: string; readonly isLasting: boolean } {
  const { name = '', code = '', message = '', $metadata } = error;
  const lasting = (reason: string) => ({ reason, isLasting: true });
  const passing = (reason: string) => ({ reason, isLasting: false });
  if (name === 'NoSuchBucket')
    return lasting(`${endpoint} has no such bucket; create it, or correct --snapshot-s3-bucket`);
  if (
    ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken', 'TokenRefreshRequired'].includes(
      name,
    )
  )
    return lasting(`${endpoint} refused the credentials (${name}); correct the access key and the secret key`);
  if (name === 'CredentialsProviderError')
    return lasting(
      'there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --snapshot-s3-access-key and --snapshot-s3-secret-key-file',
    );
  if (name === 'RequestTimeTooSkewed')
    return lasting(`the clock of this machine differs from the one of ${endpoint}; set it`);
  if (name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed')
    return lasting(`the bucket is in another region (${name}); correct --snapshot-s3-region`);
  if (isCertificateError(code))
    return lasting(
      `the certificate of ${endpoint} is not trusted (${code}); give its authority in --snapshot-s3-endpoint-ca`,
    );
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return lasting(
      `${endpoint} does not speak TLS (${code}); correct --snapshot-s3-endpoint, or give --snapshot-s3-insecure`,
    );
  if (code !== '' || name === 'TimeoutError')
    return passing(`${endpoint} is unreachable (${code || name}); check --snapshot-s3-endpoint and the network`);
  switch ($metadata?.httpStatusCode) {
    case 401:
    case 403:
      return lasting(
        `${endpoint} refused access (${name}); allow these credentials to list, read, write and delete in the bucket`,
      );
    case 404:
      return lasting(
        `${endpoint} did not find it (${name}); check the bucket, the folder, the name and the access key`,
      );
    default:
      return passing(`${endpoint} failed: ${name}: ${message.slice(0, 200)}`);
  }
}

function isCertificateError(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS/.test(code);
}
