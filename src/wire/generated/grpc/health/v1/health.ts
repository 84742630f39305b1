// Generated from proto/grpc/health/v1/health.proto by `npm run generate`.
import type { MessageCodec } from '../../../../message-codec.ts';
import { Reader } from '../../../../reader.ts';
import type { ServiceContract } from '../../../../service.ts';
import { sizeLength, sizeNumber, sizeString } from '../../../../size.ts';
import { Writer } from '../../../../writer.ts';

export const ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
} as const;

export type ServingStatus = (typeof ServingStatus)[keyof typeof ServingStatus];

export interface HealthCheckRequest {
  /** Empty: the server as a whole. */
  service: string;
}

export const HealthCheckRequest: MessageCodec<HealthCheckRequest> = {
  typeName: 'grpc.health.v1.HealthCheckRequest',

  create() {
    return {
      service: '',
    };
  },

  decode(bytes) {
    return HealthCheckRequest.read(new Reader(bytes), HealthCheckRequest.create());
  },

  encode(message) {
    const writer = new Writer(HealthCheckRequest.size(message));
    HealthCheckRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.service = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.service) size += 1 + sizeString(message.service);
    return size;
  },

  write(message, writer) {
    if (message.service) {
      writer.uint32(10);
      writer.string(message.service);
    }
  },
};

export interface HealthCheckResponse {
  /** A `ServingStatus`. */
  status: number;
}

export const HealthCheckResponse: MessageCodec<HealthCheckResponse> = {
  typeName: 'grpc.health.v1.HealthCheckResponse',

  create() {
    return {
      status: 0,
    };
  },

  decode(bytes) {
    return HealthCheckResponse.read(new Reader(bytes), HealthCheckResponse.create());
  },

  encode(message) {
    const writer = new Writer(HealthCheckResponse.size(message));
    HealthCheckResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.status = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.status) size += 1 + sizeNumber(message.status);
    return size;
  },

  write(message, writer) {
    if (message.status) {
      writer.uint32(8);
      writer.int32(message.status);
    }
  },
};

export interface HealthListRequest {
}

export const HealthListRequest: MessageCodec<HealthListRequest> = {
  typeName: 'grpc.health.v1.HealthListRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return HealthListRequest.read(new Reader(bytes), HealthListRequest.create());
  },

  encode(message) {
    const writer = new Writer(HealthListRequest.size(message));
    HealthListRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      reader.skip(tag);
    }
    return message;
  },

  size(_message) {
    return 0;
  },

  write(_message, _writer) {
  },
};

export interface HealthListResponse {
  statuses: Map<string, HealthCheckResponse>;
}

export const HealthListResponse: MessageCodec<HealthListResponse> = {
  typeName: 'grpc.health.v1.HealthListResponse',

  create() {
    return {
      statuses: new Map(),
    };
  },

  decode(bytes) {
    return HealthListResponse.read(new Reader(bytes), HealthListResponse.create());
  },

  encode(message) {
    const writer = new Writer(HealthListResponse.size(message));
    HealthListResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          let key = '';
          const value = HealthCheckResponse.create();
          for (let entryTag = reader.tag(); entryTag !== 0; entryTag = reader.tag()) {
            if (entryTag === 10) {
              key = reader.string();
            } else if (entryTag === 18) {
              const entryEnd = reader.enter();
              HealthCheckResponse.read(reader, value);
              reader.leave(entryEnd);
            } else {
              reader.skip(entryTag);
            }
          }
          message.statuses.set(key, value);
          reader.leave(outerEnd);
          break;
        }
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.statuses !== undefined) {
      for (const [key, value] of message.statuses) {
        size += 1 + sizeLength(1 + sizeString(key) + 1 + sizeLength(HealthCheckResponse.size(value)));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.statuses !== undefined) {
      for (const [key, value] of message.statuses) {
        writer.uint32(10);
        writer.uint32(1 + sizeString(key) + 1 + sizeLength(HealthCheckResponse.size(value)));
        writer.uint32(10);
        writer.string(key);
        writer.uint32(18);
        writer.uint32(HealthCheckResponse.size(value));
        HealthCheckResponse.write(value, writer);
      }
    }
  },
};

export const Health = {
  name: 'grpc.health.v1.Health',
  methods: {
    check: {
      name: 'Check',
      path: '/grpc.health.v1.Health/Check',
      request: HealthCheckRequest,
      response: HealthCheckResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Answers now and at every change. */
    watch: {
      name: 'Watch',
      path: '/grpc.health.v1.Health/Watch',
      request: HealthCheckRequest,
      response: HealthCheckResponse,
      requestStream: false,
      responseStream: true,
    },
    list: {
      name: 'List',
      path: '/grpc.health.v1.Health/List',
      request: HealthListRequest,
      response: HealthListResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
