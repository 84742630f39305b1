import type { TracingConfig } from './config.ts';
import { type GivenOptions, sourceOf } from './given-options.ts';
import type { OptionName, Settings } from './options.ts';
import { withSource } from './usage-error.ts';
import { wholeNumber } from './values.ts';

const parseRate = wholeNumber({ min: 0, max: 1_000_000 });

/**
 * The options of tracing. As in etcd, their values are checked only if tracing is on.
 *
 * @throws UsageError when a value is invalid.
 */
export function tracingConfig(settings: Settings, given: GivenOptions): TracingConfig | undefined {
  if (!settings['enable-distributed-tracing']) return undefined;
  const checked = <Value>(name: OptionName, check: () => Value): Value => withSource(sourceOf(given, name), check);
  return {
    address: checked('distributed-tracing-address', () => parseAddress(settings['distributed-tracing-address'])),
    serviceName: settings['distributed-tracing-service-name'],
    instanceId: settings['distributed-tracing-instance-id'] || undefined,
    samplesPerMillion: checked('distributed-tracing-sampling-rate', () =>
      parseRate(String(settings['distributed-tracing-sampling-rate'])),
    ),
  };
}

function parseAddress(text: string): string {
  const [, port = ''] = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/.exec(text) ?? [];
  if (!(Number(port) >= 1 && Number(port) <= 65_535)) {
    throw new Error(`"${text}" is not HOST:PORT of an OpenTelemetry collector; write for example localhost:4317`);
  }
  return text;
}
