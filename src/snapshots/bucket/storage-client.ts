/** The client of S3-compatible storage. */
import { S3Client } from '@aws-sdk/client-s3';
import type { BucketStorage } from '../../config/config.ts';

/** Time limits of one request: to connect, and without any progress. */
const connectMsMax = 5_000;
const idleMsMax = 15_000;

/** Attempts of one request, with growing pauses. */
const attemptsMax = 3;

/** Connections at a time: two parts of an upload, and a list. */
const connectionsMax = 4;

export function storageClient(storage: BucketStorage): S3Client {
  const { endpoint, region, usesPaths, credentials, authorities, verifiesCertificate } = storage;
  return new S3Client({
    region,
    forcePathStyle: usesPaths,
    maxAttempts: attemptsMax,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials !== undefined && {
      credentials: {
        accessKeyId: credentials.accessKey,
        secretAccessKey: credentials.secretKey,
        ...(credentials.sessionToken !== undefined && { sessionToken: credentials.sessionToken }),
      },
    }),
    requestHandler: {
      connectionTimeout: connectMsMax,
      socketTimeout: idleMsMax,
      httpAgent: { keepAlive: true, maxSockets: connectionsMax },
      httpsAgent: {
        keepAlive: true,
        maxSockets: connectionsMax,
        rejectUnauthorized: verifiesCertificate,
        ...(authorities !== undefined && { ca: [...authorities] }),
      },
    },
  });
}
