/** Metrics of calls, by gRPC method. */
import { addedHistograms } from '../../statistics/histogram.ts';
import type { Method } from '../transport/grpc/method.ts';
import type { MethodMetrics } from '../transport/grpc/method-metrics.ts';
import { splitPath } from '../transport/grpc/method-table.ts';
import { counter, type Family, type HistogramSample, histogram, type Labels, type Sample } from './family.ts';

export interface CallFamiliesOptions {
  /** Adds the latencies of each method, which are most of the text. */
  readonly isExtensive: boolean;
}

export function callFamilies(
  methods: readonly MethodMetrics[],
  { isExtensive }: CallFamiliesOptions,
): readonly Family[] {
  const labelled = methods.map((metrics) => ({ metrics, labels: labelsOf(metrics.method) }));
  const each = (read: (metrics: MethodMetrics) => number): readonly Sample[] =>
    labelled.map(({ metrics, labels }) => ({ labels, value: read(metrics) }));
  const sum = (read: (metrics: MethodMetrics) => number): number =>
    methods.reduce((total, metrics) => total + read(metrics), 0);
  return [
    counter(
      'grpc_server_started_total',
      'Total number of RPCs started on the server.',
      each(({ started }) => started),
    ),
    counter(
      'grpc_server_handled_total',
      'Total number of RPCs completed on the server, regardless of success or failure.',
      labelled.flatMap(({ metrics, labels }) => handledSamples(metrics, labels)),
    ),
    counter(
      'grpc_server_msg_received_total',
      'Total number of RPC stream messages received on the server.',
      each(({ received }) => received.messages),
    ),
    counter(
      'grpc_server_msg_sent_total',
      'Total number of gRPC stream messages sent by the server.',
      each(({ sent }) => sent.messages),
    ),
    counter(
      'etcd_network_client_grpc_received_bytes_total',
      'The total number of bytes received from grpc clients.',
      sum(({ received }) => received.bytes),
    ),
    counter(
      'etcd_network_client_grpc_sent_bytes_total',
      'The total number of bytes sent to grpc clients.',
      sum(({ sent }) => sent.bytes),
    ),
    histogram(
      'etcd_server_request_duration_seconds',
      'Response latency distribution in seconds for each type.',
      methods.flatMap(requestSamples),
    ),
    ...(isExtensive ? [handlingFamily(labelled)] : []),
  ];
}

function handledSamples({ handled }: MethodMetrics, labels: Labels): readonly Sample[] {
  return handled.map((value, code) => ({ labels: { grpc_code: codeNames[code] ?? 'Unknown', ...labels }, value }));
}

function handlingFamily(labelled: readonly { metrics: MethodMetrics; labels: Labels }[]): Family {
  return histogram(
    'grpc_server_handling_seconds',
    'Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.',
    labelled.map(({ metrics, labels }) => ({
      labels,
      counts: addedHistograms(metrics.successes, metrics.failures),
      unit: 0.001,
    })),
  );
}

/** As in etcd, a type appears after its first request. */
function requestSamples({ method, successes, failures }: MethodMetrics): readonly HistogramSample[] {
  const type = requestType(method);
  if (type === undefined) return [];
  return [
    { success: 'true', counts: successes },
    { success: 'false', counts: failures },
  ]
    .filter(({ counts }) => counts.counts.some((count) => count > 0))
    .map(({ success, counts }) => ({ labels: { success, type }, counts, unit: 0.001 }));
}

/** etcd's name for the requests of a method; undefined: etcd does not count them. */
function requestType({ path, kind }: Method): string | undefined {
  const split = splitPath(path);
  if (kind !== 'unary' || split === undefined) return undefined;
  const { service, method } = split;
  switch (service) {
    case 'etcdserverpb.KV':
      return method === 'Compact' ? 'Compaction' : method;
    case 'etcdserverpb.Lease':
      return method;
    case 'etcdserverpb.Auth':
      return method.startsWith('Auth') ? method : `Auth${method}`;
    default:
      return undefined;
  }
}

const typeNames: Readonly<Record<Method['kind'], string>> = {
  unary: 'unary',
  serverStream: 'server_stream',
  bidirectional: 'bidi_stream',
};

function labelsOf({ path, kind }: Method): Labels {
  const split = splitPath(path);
  return {
    grpc_method: split?.method ?? '',
    grpc_service: split?.service ?? '',
    grpc_type: typeNames[kind],
  };
}

/** Indexed by number, in the spelling of Prometheus's middleware for gRPC. */
const codeNames: readonly string[] = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];
