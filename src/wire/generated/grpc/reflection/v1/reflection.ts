// Generated from proto/grpc/reflection/v1/reflection.proto by `npm run generate`.
import type { MessageCodec } from '../../../../message-codec.ts';
import { Reader } from '../../../../reader.ts';
import type { ServiceContract } from '../../../../service.ts';
import { sizeBytes, sizeLength, sizeNumber, sizeString } from '../../../../size.ts';
import { Writer } from '../../../../writer.ts';

export interface ServerReflectionRequest {
  host: string;
  messageRequest:
    | { case: 'fileByFilename'; value: string }
    | { case: 'fileContainingSymbol'; value: string }
    | { case: 'fileContainingExtension'; value: ExtensionRequest }
    | { case: 'allExtensionNumbersOfType'; value: string }
    | { case: 'listServices'; value: string }
    | undefined;
}

export const ServerReflectionRequest: MessageCodec<ServerReflectionRequest> = {
  typeName: 'grpc.reflection.v1.ServerReflectionRequest',

  create() {
    return {
      host: '',
      messageRequest: undefined,
    };
  },

  decode(bytes) {
    return ServerReflectionRequest.read(new Reader(bytes), ServerReflectionRequest.create());
  },

  encode(message) {
    const writer = new Writer(ServerReflectionRequest.size(message));
    ServerReflectionRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.host = reader.string();
          break;
        case 26:
          message.messageRequest = { case: 'fileByFilename', value: reader.string() };
          break;
        case 34:
          message.messageRequest = { case: 'fileContainingSymbol', value: reader.string() };
          break;
        case 42: {
          const outerEnd = reader.enter();
          message.messageRequest = { case: 'fileContainingExtension', value: ExtensionRequest.read(reader, message.messageRequest?.case === 'fileContainingExtension' ? message.messageRequest.value : ExtensionRequest.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 50:
          message.messageRequest = { case: 'allExtensionNumbersOfType', value: reader.string() };
          break;
        case 58:
          message.messageRequest = { case: 'listServices', value: reader.string() };
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.host) size += 1 + sizeString(message.host);
    switch (message.messageRequest?.case) {
      case 'fileByFilename':
        size += 1 + sizeString(message.messageRequest.value);
        break;
      case 'fileContainingSymbol':
        size += 1 + sizeString(message.messageRequest.value);
        break;
      case 'fileContainingExtension':
        size += 1 + sizeLength(ExtensionRequest.size(message.messageRequest.value));
        break;
      case 'allExtensionNumbersOfType':
        size += 1 + sizeString(message.messageRequest.value);
        break;
      case 'listServices':
        size += 1 + sizeString(message.messageRequest.value);
        break;
    }
    return size;
  },

  write(message, writer) {
    if (message.host) {
      writer.uint32(10);
      writer.string(message.host);
    }
    switch (message.messageRequest?.case) {
      case 'fileByFilename':
        writer.uint32(26);
        writer.string(message.messageRequest.value);
        break;
      case 'fileContainingSymbol':
        writer.uint32(34);
        writer.string(message.messageRequest.value);
        break;
      case 'fileContainingExtension':
        writer.uint32(42);
        writer.uint32(ExtensionRequest.size(message.messageRequest.value));
        ExtensionRequest.write(message.messageRequest.value, writer);
        break;
      case 'allExtensionNumbersOfType':
        writer.uint32(50);
        writer.string(message.messageRequest.value);
        break;
      case 'listServices':
        writer.uint32(58);
        writer.string(message.messageRequest.value);
        break;
    }
  },
};

export interface ExtensionRequest {
  containingType: string;
  extensionNumber: number;
}

export const ExtensionRequest: MessageCodec<ExtensionRequest> = {
  typeName: 'grpc.reflection.v1.ExtensionRequest',

  create() {
    return {
      containingType: '',
      extensionNumber: 0,
    };
  },

  decode(bytes) {
    return ExtensionRequest.read(new Reader(bytes), ExtensionRequest.create());
  },

  encode(message) {
    const writer = new Writer(ExtensionRequest.size(message));
    ExtensionRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.containingType = reader.string();
          break;
        case 16:
          message.extensionNumber = reader.int32();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.containingType) size += 1 + sizeString(message.containingType);
    if (message.extensionNumber) size += 1 + sizeNumber(message.extensionNumber);
    return size;
  },

  write(message, writer) {
    if (message.containingType) {
      writer.uint32(10);
      writer.string(message.containingType);
    }
    if (message.extensionNumber) {
      writer.uint32(16);
      writer.int32(message.extensionNumber);
    }
  },
};

export interface ServerReflectionResponse {
  validHost: string;
  originalRequest: ServerReflectionRequest | undefined;
  messageResponse:
    | { case: 'fileDescriptorResponse'; value: FileDescriptorResponse }
    | { case: 'allExtensionNumbersResponse'; value: ExtensionNumberResponse }
    | { case: 'listServicesResponse'; value: ListServiceResponse }
    | { case: 'errorResponse'; value: ErrorResponse }
    | undefined;
}

export const ServerReflectionResponse: MessageCodec<ServerReflectionResponse> = {
  typeName: 'grpc.reflection.v1.ServerReflectionResponse',

  create() {
    return {
      validHost: '',
      originalRequest: undefined,
      messageResponse: undefined,
    };
  },

  decode(bytes) {
    return ServerReflectionResponse.read(new Reader(bytes), ServerReflectionResponse.create());
  },

  encode(message) {
    const writer = new Writer(ServerReflectionResponse.size(message));
    ServerReflectionResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.validHost = reader.string();
          break;
        case 18: {
          const outerEnd = reader.enter();
          message.originalRequest = ServerReflectionRequest.read(reader, message.originalRequest ?? ServerReflectionRequest.create());
          reader.leave(outerEnd);
          break;
        }
        case 34: {
          const outerEnd = reader.enter();
          message.messageResponse = { case: 'fileDescriptorResponse', value: FileDescriptorResponse.read(reader, message.messageResponse?.case === 'fileDescriptorResponse' ? message.messageResponse.value : FileDescriptorResponse.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 42: {
          const outerEnd = reader.enter();
          message.messageResponse = { case: 'allExtensionNumbersResponse', value: ExtensionNumberResponse.read(reader, message.messageResponse?.case === 'allExtensionNumbersResponse' ? message.messageResponse.value : ExtensionNumberResponse.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 50: {
          const outerEnd = reader.enter();
          message.messageResponse = { case: 'listServicesResponse', value: ListServiceResponse.read(reader, message.messageResponse?.case === 'listServicesResponse' ? message.messageResponse.value : ListServiceResponse.create()) };
          reader.leave(outerEnd);
          break;
        }
        case 58: {
          const outerEnd = reader.enter();
          message.messageResponse = { case: 'errorResponse', value: ErrorResponse.read(reader, message.messageResponse?.case === 'errorResponse' ? message.messageResponse.value : ErrorResponse.create()) };
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
    if (message.validHost) size += 1 + sizeString(message.validHost);
    if (message.originalRequest !== undefined) size += 1 + sizeLength(ServerReflectionRequest.size(message.originalRequest));
    switch (message.messageResponse?.case) {
      case 'fileDescriptorResponse':
        size += 1 + sizeLength(FileDescriptorResponse.size(message.messageResponse.value));
        break;
      case 'allExtensionNumbersResponse':
        size += 1 + sizeLength(ExtensionNumberResponse.size(message.messageResponse.value));
        break;
      case 'listServicesResponse':
        size += 1 + sizeLength(ListServiceResponse.size(message.messageResponse.value));
        break;
      case 'errorResponse':
        size += 1 + sizeLength(ErrorResponse.size(message.messageResponse.value));
        break;
    }
    return size;
  },

  write(message, writer) {
    if (message.validHost) {
      writer.uint32(10);
      writer.string(message.validHost);
    }
    if (message.originalRequest !== undefined) {
      writer.uint32(18);
      writer.uint32(ServerReflectionRequest.size(message.originalRequest));
      ServerReflectionRequest.write(message.originalRequest, writer);
    }
    switch (message.messageResponse?.case) {
      case 'fileDescriptorResponse':
        writer.uint32(34);
        writer.uint32(FileDescriptorResponse.size(message.messageResponse.value));
        FileDescriptorResponse.write(message.messageResponse.value, writer);
        break;
      case 'allExtensionNumbersResponse':
        writer.uint32(42);
        writer.uint32(ExtensionNumberResponse.size(message.messageResponse.value));
        ExtensionNumberResponse.write(message.messageResponse.value, writer);
        break;
      case 'listServicesResponse':
        writer.uint32(50);
        writer.uint32(ListServiceResponse.size(message.messageResponse.value));
        ListServiceResponse.write(message.messageResponse.value, writer);
        break;
      case 'errorResponse':
        writer.uint32(58);
        writer.uint32(ErrorResponse.size(message.messageResponse.value));
        ErrorResponse.write(message.messageResponse.value, writer);
        break;
    }
  },
};

export interface FileDescriptorResponse {
  /** Each a google.protobuf.FileDescriptorProto: the file asked for, and those it imports. */
  fileDescriptorProto: Uint8Array[];
}

export const FileDescriptorResponse: MessageCodec<FileDescriptorResponse> = {
  typeName: 'grpc.reflection.v1.FileDescriptorResponse',

  create() {
    return {
      fileDescriptorProto: [],
    };
  },

  decode(bytes) {
    return FileDescriptorResponse.read(new Reader(bytes), FileDescriptorResponse.create());
  },

  encode(message) {
    const writer = new Writer(FileDescriptorResponse.size(message));
    FileDescriptorResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.fileDescriptorProto.push(reader.bytes());
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.fileDescriptorProto !== undefined) {
      for (const item of message.fileDescriptorProto) {
        size += 1 + sizeBytes(item);
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.fileDescriptorProto !== undefined) {
      for (const item of message.fileDescriptorProto) {
        writer.uint32(10);
        writer.bytes(item);
      }
    }
  },
};

export interface ExtensionNumberResponse {
  baseTypeName: string;
  extensionNumber: number[];
}

export const ExtensionNumberResponse: MessageCodec<ExtensionNumberResponse> = {
  typeName: 'grpc.reflection.v1.ExtensionNumberResponse',

  create() {
    return {
      baseTypeName: '',
      extensionNumber: [],
    };
  },

  decode(bytes) {
    return ExtensionNumberResponse.read(new Reader(bytes), ExtensionNumberResponse.create());
  },

  encode(message) {
    const writer = new Writer(ExtensionNumberResponse.size(message));
    ExtensionNumberResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.baseTypeName = reader.string();
          break;
        case 16:
          message.extensionNumber.push(reader.int32());
          break;
        case 18: {
          const outerEnd = reader.enter();
          while (reader.hasItem()) message.extensionNumber.push(reader.int32());
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
    if (message.baseTypeName) size += 1 + sizeString(message.baseTypeName);
    if (message.extensionNumber !== undefined && message.extensionNumber.length > 0) {
      size += 1 + sizeLength(message.extensionNumber.reduce((sum, item) => sum + sizeNumber(item), 0));
    }
    return size;
  },

  write(message, writer) {
    if (message.baseTypeName) {
      writer.uint32(10);
      writer.string(message.baseTypeName);
    }
    if (message.extensionNumber !== undefined && message.extensionNumber.length > 0) {
      writer.uint32(18);
      writer.uint32(message.extensionNumber.reduce((sum, item) => sum + sizeNumber(item), 0));
      for (const item of message.extensionNumber) writer.int32(item);
    }
  },
};

export interface ListServiceResponse {
  service: ServiceResponse[];
}

export const ListServiceResponse: MessageCodec<ListServiceResponse> = {
  typeName: 'grpc.reflection.v1.ListServiceResponse',

  create() {
    return {
      service: [],
    };
  },

  decode(bytes) {
    return ListServiceResponse.read(new Reader(bytes), ListServiceResponse.create());
  },

  encode(message) {
    const writer = new Writer(ListServiceResponse.size(message));
    ListServiceResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.service.push(ServiceResponse.read(reader, ServiceResponse.create()));
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
    if (message.service !== undefined) {
      for (const item of message.service) {
        size += 1 + sizeLength(ServiceResponse.size(item));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.service !== undefined) {
      for (const item of message.service) {
        writer.uint32(10);
        writer.uint32(ServiceResponse.size(item));
        ServiceResponse.write(item, writer);
      }
    }
  },
};

export interface ServiceResponse {
  name: string;
}

export const ServiceResponse: MessageCodec<ServiceResponse> = {
  typeName: 'grpc.reflection.v1.ServiceResponse',

  create() {
    return {
      name: '',
    };
  },

  decode(bytes) {
    return ServiceResponse.read(new Reader(bytes), ServiceResponse.create());
  },

  encode(message) {
    const writer = new Writer(ServiceResponse.size(message));
    ServiceResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.name) size += 1 + sizeString(message.name);
    return size;
  },

  write(message, writer) {
    if (message.name) {
      writer.uint32(10);
      writer.string(message.name);
    }
  },
};

export interface ErrorResponse {
  /** A gRPC status code. */
  errorCode: number;
  errorMessage: string;
}

export const ErrorResponse: MessageCodec<ErrorResponse> = {
  typeName: 'grpc.reflection.v1.ErrorResponse',

  create() {
    return {
      errorCode: 0,
      errorMessage: '',
    };
  },

  decode(bytes) {
    return ErrorResponse.read(new Reader(bytes), ErrorResponse.create());
  },

  encode(message) {
    const writer = new Writer(ErrorResponse.size(message));
    ErrorResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.errorCode = reader.int32();
          break;
        case 18:
          message.errorMessage = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.errorCode) size += 1 + sizeNumber(message.errorCode);
    if (message.errorMessage) size += 1 + sizeString(message.errorMessage);
    return size;
  },

  write(message, writer) {
    if (message.errorCode) {
      writer.uint32(8);
      writer.int32(message.errorCode);
    }
    if (message.errorMessage) {
      writer.uint32(18);
      writer.string(message.errorMessage);
    }
  },
};

export const ServerReflection = {
  name: 'grpc.reflection.v1.ServerReflection',
  methods: {
    /** Each request is answered by one response, in order. */
    serverReflectionInfo: {
      name: 'ServerReflectionInfo',
      path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      request: ServerReflectionRequest,
      response: ServerReflectionResponse,
      requestStream: true,
      responseStream: true,
    },
  },
} as const satisfies ServiceContract;
