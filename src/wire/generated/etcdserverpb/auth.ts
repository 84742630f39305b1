// Generated from proto/etcdserverpb/auth.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import type { ServiceContract } from '../../service.ts';
import { sizeBytes, sizeLength, sizeNumber, sizeString } from '../../size.ts';
import { Writer } from '../../writer.ts';
import { ResponseHeader } from './header.ts';
import { Permission, UserAddOptions } from '../authpb/auth.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export interface AuthEnableRequest {
}

export const AuthEnableRequest: MessageCodec<AuthEnableRequest> = {
  typeName: 'etcdserverpb.AuthEnableRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return AuthEnableRequest.read(new Reader(bytes), AuthEnableRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthEnableRequest.size(message));
    AuthEnableRequest.write(message, writer);
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

export interface AuthEnableResponse {
  header: ResponseHeader | undefined;
}

export const AuthEnableResponse: MessageCodec<AuthEnableResponse> = {
  typeName: 'etcdserverpb.AuthEnableResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthEnableResponse.read(new Reader(bytes), AuthEnableResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthEnableResponse.size(message));
    AuthEnableResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthDisableRequest {
}

export const AuthDisableRequest: MessageCodec<AuthDisableRequest> = {
  typeName: 'etcdserverpb.AuthDisableRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return AuthDisableRequest.read(new Reader(bytes), AuthDisableRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthDisableRequest.size(message));
    AuthDisableRequest.write(message, writer);
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

export interface AuthDisableResponse {
  header: ResponseHeader | undefined;
}

export const AuthDisableResponse: MessageCodec<AuthDisableResponse> = {
  typeName: 'etcdserverpb.AuthDisableResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthDisableResponse.read(new Reader(bytes), AuthDisableResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthDisableResponse.size(message));
    AuthDisableResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthStatusRequest {
}

export const AuthStatusRequest: MessageCodec<AuthStatusRequest> = {
  typeName: 'etcdserverpb.AuthStatusRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return AuthStatusRequest.read(new Reader(bytes), AuthStatusRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthStatusRequest.size(message));
    AuthStatusRequest.write(message, writer);
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

export interface AuthStatusResponse {
  header: ResponseHeader | undefined;
  enabled: boolean;
  /** Grows by one with each change of users, roles or permissions. */
  authRevision: number;
}

export const AuthStatusResponse: MessageCodec<AuthStatusResponse> = {
  typeName: 'etcdserverpb.AuthStatusResponse',

  create() {
    return {
      header: undefined,
      enabled: false,
      authRevision: 0,
    };
  },

  decode(bytes) {
    return AuthStatusResponse.read(new Reader(bytes), AuthStatusResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthStatusResponse.size(message));
    AuthStatusResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 16:
          message.enabled = reader.bool();
          break;
        case 24:
          message.authRevision = reader.uint64();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.enabled) size += 2;
    if (message.authRevision) size += 1 + sizeNumber(message.authRevision);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.enabled) {
      writer.uint32(16);
      writer.bool(message.enabled);
    }
    if (message.authRevision) {
      writer.uint32(24);
      writer.number(message.authRevision);
    }
  },
};

export interface AuthenticateRequest {
  name: string;
  password: string;
}

export const AuthenticateRequest: MessageCodec<AuthenticateRequest> = {
  typeName: 'etcdserverpb.AuthenticateRequest',

  create() {
    return {
      name: '',
      password: '',
    };
  },

  decode(bytes) {
    return AuthenticateRequest.read(new Reader(bytes), AuthenticateRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthenticateRequest.size(message));
    AuthenticateRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.string();
          break;
        case 18:
          message.password = reader.string();
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
    if (message.password) size += 1 + sizeString(message.password);
    return size;
  },

  write(message, writer) {
    if (message.name) {
      writer.uint32(10);
      writer.string(message.name);
    }
    if (message.password) {
      writer.uint32(18);
      writer.string(message.password);
    }
  },
};

export interface AuthenticateResponse {
  header: ResponseHeader | undefined;
  token: string;
}

export const AuthenticateResponse: MessageCodec<AuthenticateResponse> = {
  typeName: 'etcdserverpb.AuthenticateResponse',

  create() {
    return {
      header: undefined,
      token: '',
    };
  },

  decode(bytes) {
    return AuthenticateResponse.read(new Reader(bytes), AuthenticateResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthenticateResponse.size(message));
    AuthenticateResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 18:
          message.token = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.token) size += 1 + sizeString(message.token);
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.token) {
      writer.uint32(18);
      writer.string(message.token);
    }
  },
};

export interface AuthUserAddRequest {
  name: string;
  password: string;
  options: UserAddOptions | undefined;
  /** A bcrypt hash in base64, in place of the password. */
  hashedPassword: string;
}

export const AuthUserAddRequest: MessageCodec<AuthUserAddRequest> = {
  typeName: 'etcdserverpb.AuthUserAddRequest',

  create() {
    return {
      name: '',
      password: '',
      options: undefined,
      hashedPassword: '',
    };
  },

  decode(bytes) {
    return AuthUserAddRequest.read(new Reader(bytes), AuthUserAddRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserAddRequest.size(message));
    AuthUserAddRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.string();
          break;
        case 18:
          message.password = reader.string();
          break;
        case 26: {
          const outerEnd = reader.enter();
          message.options = UserAddOptions.read(reader, message.options ?? UserAddOptions.create());
          reader.leave(outerEnd);
          break;
        }
        case 34:
          message.hashedPassword = reader.string();
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
    if (message.password) size += 1 + sizeString(message.password);
    if (message.options !== undefined) size += 1 + sizeLength(UserAddOptions.size(message.options));
    if (message.hashedPassword) size += 1 + sizeString(message.hashedPassword);
    return size;
  },

  write(message, writer) {
    if (message.name) {
      writer.uint32(10);
      writer.string(message.name);
    }
    if (message.password) {
      writer.uint32(18);
      writer.string(message.password);
    }
    if (message.options !== undefined) {
      writer.uint32(26);
      writer.uint32(UserAddOptions.size(message.options));
      UserAddOptions.write(message.options, writer);
    }
    if (message.hashedPassword) {
      writer.uint32(34);
      writer.string(message.hashedPassword);
    }
  },
};

export interface AuthUserAddResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserAddResponse: MessageCodec<AuthUserAddResponse> = {
  typeName: 'etcdserverpb.AuthUserAddResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthUserAddResponse.read(new Reader(bytes), AuthUserAddResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserAddResponse.size(message));
    AuthUserAddResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthUserGetRequest {
  name: string;
}

export const AuthUserGetRequest: MessageCodec<AuthUserGetRequest> = {
  typeName: 'etcdserverpb.AuthUserGetRequest',

  create() {
    return {
      name: '',
    };
  },

  decode(bytes) {
    return AuthUserGetRequest.read(new Reader(bytes), AuthUserGetRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserGetRequest.size(message));
    AuthUserGetRequest.write(message, writer);
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

export interface AuthUserGetResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

export const AuthUserGetResponse: MessageCodec<AuthUserGetResponse> = {
  typeName: 'etcdserverpb.AuthUserGetResponse',

  create() {
    return {
      header: undefined,
      roles: [],
    };
  },

  decode(bytes) {
    return AuthUserGetResponse.read(new Reader(bytes), AuthUserGetResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserGetResponse.size(message));
    AuthUserGetResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 18:
          message.roles.push(reader.string());
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.roles !== undefined) {
      for (const item of message.roles) {
        size += 1 + sizeString(item);
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.roles !== undefined) {
      for (const item of message.roles) {
        writer.uint32(18);
        writer.string(item);
      }
    }
  },
};

export interface AuthUserListRequest {
}

export const AuthUserListRequest: MessageCodec<AuthUserListRequest> = {
  typeName: 'etcdserverpb.AuthUserListRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return AuthUserListRequest.read(new Reader(bytes), AuthUserListRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserListRequest.size(message));
    AuthUserListRequest.write(message, writer);
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

export interface AuthUserListResponse {
  header: ResponseHeader | undefined;
  users: string[];
}

export const AuthUserListResponse: MessageCodec<AuthUserListResponse> = {
  typeName: 'etcdserverpb.AuthUserListResponse',

  create() {
    return {
      header: undefined,
      users: [],
    };
  },

  decode(bytes) {
    return AuthUserListResponse.read(new Reader(bytes), AuthUserListResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserListResponse.size(message));
    AuthUserListResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 18:
          message.users.push(reader.string());
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.users !== undefined) {
      for (const item of message.users) {
        size += 1 + sizeString(item);
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.users !== undefined) {
      for (const item of message.users) {
        writer.uint32(18);
        writer.string(item);
      }
    }
  },
};

export interface AuthUserDeleteRequest {
  name: string;
}

export const AuthUserDeleteRequest: MessageCodec<AuthUserDeleteRequest> = {
  typeName: 'etcdserverpb.AuthUserDeleteRequest',

  create() {
    return {
      name: '',
    };
  },

  decode(bytes) {
    return AuthUserDeleteRequest.read(new Reader(bytes), AuthUserDeleteRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserDeleteRequest.size(message));
    AuthUserDeleteRequest.write(message, writer);
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

export interface AuthUserDeleteResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserDeleteResponse: MessageCodec<AuthUserDeleteResponse> = {
  typeName: 'etcdserverpb.AuthUserDeleteResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthUserDeleteResponse.read(new Reader(bytes), AuthUserDeleteResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserDeleteResponse.size(message));
    AuthUserDeleteResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthUserChangePasswordRequest {
  name: string;
  password: string;
  /** A bcrypt hash in base64, in place of the password. */
  hashedPassword: string;
}

export const AuthUserChangePasswordRequest: MessageCodec<AuthUserChangePasswordRequest> = {
  typeName: 'etcdserverpb.AuthUserChangePasswordRequest',

  create() {
    return {
      name: '',
      password: '',
      hashedPassword: '',
    };
  },

  decode(bytes) {
    return AuthUserChangePasswordRequest.read(new Reader(bytes), AuthUserChangePasswordRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserChangePasswordRequest.size(message));
    AuthUserChangePasswordRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.string();
          break;
        case 18:
          message.password = reader.string();
          break;
        case 26:
          message.hashedPassword = reader.string();
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
    if (message.password) size += 1 + sizeString(message.password);
    if (message.hashedPassword) size += 1 + sizeString(message.hashedPassword);
    return size;
  },

  write(message, writer) {
    if (message.name) {
      writer.uint32(10);
      writer.string(message.name);
    }
    if (message.password) {
      writer.uint32(18);
      writer.string(message.password);
    }
    if (message.hashedPassword) {
      writer.uint32(26);
      writer.string(message.hashedPassword);
    }
  },
};

export interface AuthUserChangePasswordResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserChangePasswordResponse: MessageCodec<AuthUserChangePasswordResponse> = {
  typeName: 'etcdserverpb.AuthUserChangePasswordResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthUserChangePasswordResponse.read(new Reader(bytes), AuthUserChangePasswordResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserChangePasswordResponse.size(message));
    AuthUserChangePasswordResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthUserGrantRoleRequest {
  user: string;
  role: string;
}

export const AuthUserGrantRoleRequest: MessageCodec<AuthUserGrantRoleRequest> = {
  typeName: 'etcdserverpb.AuthUserGrantRoleRequest',

  create() {
    return {
      user: '',
      role: '',
    };
  },

  decode(bytes) {
    return AuthUserGrantRoleRequest.read(new Reader(bytes), AuthUserGrantRoleRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserGrantRoleRequest.size(message));
    AuthUserGrantRoleRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.user = reader.string();
          break;
        case 18:
          message.role = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.user) size += 1 + sizeString(message.user);
    if (message.role) size += 1 + sizeString(message.role);
    return size;
  },

  write(message, writer) {
    if (message.user) {
      writer.uint32(10);
      writer.string(message.user);
    }
    if (message.role) {
      writer.uint32(18);
      writer.string(message.role);
    }
  },
};

export interface AuthUserGrantRoleResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserGrantRoleResponse: MessageCodec<AuthUserGrantRoleResponse> = {
  typeName: 'etcdserverpb.AuthUserGrantRoleResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthUserGrantRoleResponse.read(new Reader(bytes), AuthUserGrantRoleResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserGrantRoleResponse.size(message));
    AuthUserGrantRoleResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthUserRevokeRoleRequest {
  name: string;
  role: string;
}

export const AuthUserRevokeRoleRequest: MessageCodec<AuthUserRevokeRoleRequest> = {
  typeName: 'etcdserverpb.AuthUserRevokeRoleRequest',

  create() {
    return {
      name: '',
      role: '',
    };
  },

  decode(bytes) {
    return AuthUserRevokeRoleRequest.read(new Reader(bytes), AuthUserRevokeRoleRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserRevokeRoleRequest.size(message));
    AuthUserRevokeRoleRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.string();
          break;
        case 18:
          message.role = reader.string();
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
    if (message.role) size += 1 + sizeString(message.role);
    return size;
  },

  write(message, writer) {
    if (message.name) {
      writer.uint32(10);
      writer.string(message.name);
    }
    if (message.role) {
      writer.uint32(18);
      writer.string(message.role);
    }
  },
};

export interface AuthUserRevokeRoleResponse {
  header: ResponseHeader | undefined;
}

export const AuthUserRevokeRoleResponse: MessageCodec<AuthUserRevokeRoleResponse> = {
  typeName: 'etcdserverpb.AuthUserRevokeRoleResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthUserRevokeRoleResponse.read(new Reader(bytes), AuthUserRevokeRoleResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthUserRevokeRoleResponse.size(message));
    AuthUserRevokeRoleResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthRoleAddRequest {
  name: string;
}

export const AuthRoleAddRequest: MessageCodec<AuthRoleAddRequest> = {
  typeName: 'etcdserverpb.AuthRoleAddRequest',

  create() {
    return {
      name: '',
    };
  },

  decode(bytes) {
    return AuthRoleAddRequest.read(new Reader(bytes), AuthRoleAddRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleAddRequest.size(message));
    AuthRoleAddRequest.write(message, writer);
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

export interface AuthRoleAddResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleAddResponse: MessageCodec<AuthRoleAddResponse> = {
  typeName: 'etcdserverpb.AuthRoleAddResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthRoleAddResponse.read(new Reader(bytes), AuthRoleAddResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleAddResponse.size(message));
    AuthRoleAddResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthRoleGetRequest {
  role: string;
}

export const AuthRoleGetRequest: MessageCodec<AuthRoleGetRequest> = {
  typeName: 'etcdserverpb.AuthRoleGetRequest',

  create() {
    return {
      role: '',
    };
  },

  decode(bytes) {
    return AuthRoleGetRequest.read(new Reader(bytes), AuthRoleGetRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleGetRequest.size(message));
    AuthRoleGetRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.role = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.role) size += 1 + sizeString(message.role);
    return size;
  },

  write(message, writer) {
    if (message.role) {
      writer.uint32(10);
      writer.string(message.role);
    }
  },
};

export interface AuthRoleGetResponse {
  header: ResponseHeader | undefined;
  perm: Permission[];
}

export const AuthRoleGetResponse: MessageCodec<AuthRoleGetResponse> = {
  typeName: 'etcdserverpb.AuthRoleGetResponse',

  create() {
    return {
      header: undefined,
      perm: [],
    };
  },

  decode(bytes) {
    return AuthRoleGetResponse.read(new Reader(bytes), AuthRoleGetResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleGetResponse.size(message));
    AuthRoleGetResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 18: {
          const outerEnd = reader.enter();
          message.perm.push(Permission.read(reader, Permission.create()));
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.perm !== undefined) {
      for (const item of message.perm) {
        size += 1 + sizeLength(Permission.size(item));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.perm !== undefined) {
      for (const item of message.perm) {
        writer.uint32(18);
        writer.uint32(Permission.size(item));
        Permission.write(item, writer);
      }
    }
  },
};

export interface AuthRoleListRequest {
}

export const AuthRoleListRequest: MessageCodec<AuthRoleListRequest> = {
  typeName: 'etcdserverpb.AuthRoleListRequest',

  create() {
    return {};
  },

  decode(bytes) {
    return AuthRoleListRequest.read(new Reader(bytes), AuthRoleListRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleListRequest.size(message));
    AuthRoleListRequest.write(message, writer);
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

export interface AuthRoleListResponse {
  header: ResponseHeader | undefined;
  roles: string[];
}

export const AuthRoleListResponse: MessageCodec<AuthRoleListResponse> = {
  typeName: 'etcdserverpb.AuthRoleListResponse',

  create() {
    return {
      header: undefined,
      roles: [],
    };
  },

  decode(bytes) {
    return AuthRoleListResponse.read(new Reader(bytes), AuthRoleListResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleListResponse.size(message));
    AuthRoleListResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
          reader.leave(outerEnd);
          break;
        }
        case 18:
          message.roles.push(reader.string());
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    if (message.roles !== undefined) {
      for (const item of message.roles) {
        size += 1 + sizeString(item);
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
    if (message.roles !== undefined) {
      for (const item of message.roles) {
        writer.uint32(18);
        writer.string(item);
      }
    }
  },
};

export interface AuthRoleDeleteRequest {
  role: string;
}

export const AuthRoleDeleteRequest: MessageCodec<AuthRoleDeleteRequest> = {
  typeName: 'etcdserverpb.AuthRoleDeleteRequest',

  create() {
    return {
      role: '',
    };
  },

  decode(bytes) {
    return AuthRoleDeleteRequest.read(new Reader(bytes), AuthRoleDeleteRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleDeleteRequest.size(message));
    AuthRoleDeleteRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.role = reader.string();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.role) size += 1 + sizeString(message.role);
    return size;
  },

  write(message, writer) {
    if (message.role) {
      writer.uint32(10);
      writer.string(message.role);
    }
  },
};

export interface AuthRoleDeleteResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleDeleteResponse: MessageCodec<AuthRoleDeleteResponse> = {
  typeName: 'etcdserverpb.AuthRoleDeleteResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthRoleDeleteResponse.read(new Reader(bytes), AuthRoleDeleteResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleDeleteResponse.size(message));
    AuthRoleDeleteResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthRoleGrantPermissionRequest {
  name: string;
  perm: Permission | undefined;
}

export const AuthRoleGrantPermissionRequest: MessageCodec<AuthRoleGrantPermissionRequest> = {
  typeName: 'etcdserverpb.AuthRoleGrantPermissionRequest',

  create() {
    return {
      name: '',
      perm: undefined,
    };
  },

  decode(bytes) {
    return AuthRoleGrantPermissionRequest.read(new Reader(bytes), AuthRoleGrantPermissionRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleGrantPermissionRequest.size(message));
    AuthRoleGrantPermissionRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.string();
          break;
        case 18: {
          const outerEnd = reader.enter();
          message.perm = Permission.read(reader, message.perm ?? Permission.create());
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
    if (message.name) size += 1 + sizeString(message.name);
    if (message.perm !== undefined) size += 1 + sizeLength(Permission.size(message.perm));
    return size;
  },

  write(message, writer) {
    if (message.name) {
      writer.uint32(10);
      writer.string(message.name);
    }
    if (message.perm !== undefined) {
      writer.uint32(18);
      writer.uint32(Permission.size(message.perm));
      Permission.write(message.perm, writer);
    }
  },
};

export interface AuthRoleGrantPermissionResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleGrantPermissionResponse: MessageCodec<AuthRoleGrantPermissionResponse> = {
  typeName: 'etcdserverpb.AuthRoleGrantPermissionResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthRoleGrantPermissionResponse.read(new Reader(bytes), AuthRoleGrantPermissionResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleGrantPermissionResponse.size(message));
    AuthRoleGrantPermissionResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export interface AuthRoleRevokePermissionRequest {
  role: string;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const AuthRoleRevokePermissionRequest: MessageCodec<AuthRoleRevokePermissionRequest> = {
  typeName: 'etcdserverpb.AuthRoleRevokePermissionRequest',

  create() {
    return {
      role: '',
      key: EMPTY,
      rangeEnd: EMPTY,
    };
  },

  decode(bytes) {
    return AuthRoleRevokePermissionRequest.read(new Reader(bytes), AuthRoleRevokePermissionRequest.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleRevokePermissionRequest.size(message));
    AuthRoleRevokePermissionRequest.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.role = reader.string();
          break;
        case 18:
          message.key = reader.bytes();
          break;
        case 26:
          message.rangeEnd = reader.bytes();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.role) size += 1 + sizeString(message.role);
    if (message.key !== undefined && message.key.length > 0) size += 1 + sizeBytes(message.key);
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) size += 1 + sizeBytes(message.rangeEnd);
    return size;
  },

  write(message, writer) {
    if (message.role) {
      writer.uint32(10);
      writer.string(message.role);
    }
    if (message.key !== undefined && message.key.length > 0) {
      writer.uint32(18);
      writer.bytes(message.key);
    }
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) {
      writer.uint32(26);
      writer.bytes(message.rangeEnd);
    }
  },
};

export interface AuthRoleRevokePermissionResponse {
  header: ResponseHeader | undefined;
}

export const AuthRoleRevokePermissionResponse: MessageCodec<AuthRoleRevokePermissionResponse> = {
  typeName: 'etcdserverpb.AuthRoleRevokePermissionResponse',

  create() {
    return {
      header: undefined,
    };
  },

  decode(bytes) {
    return AuthRoleRevokePermissionResponse.read(new Reader(bytes), AuthRoleRevokePermissionResponse.create());
  },

  encode(message) {
    const writer = new Writer(AuthRoleRevokePermissionResponse.size(message));
    AuthRoleRevokePermissionResponse.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10: {
          const outerEnd = reader.enter();
          message.header = ResponseHeader.read(reader, message.header ?? ResponseHeader.create());
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
    if (message.header !== undefined) size += 1 + sizeLength(ResponseHeader.size(message.header));
    return size;
  },

  write(message, writer) {
    if (message.header !== undefined) {
      writer.uint32(10);
      writer.uint32(ResponseHeader.size(message.header));
      ResponseHeader.write(message.header, writer);
    }
  },
};

export const Auth = {
  name: 'etcdserverpb.Auth',
  methods: {
    authEnable: {
      name: 'AuthEnable',
      path: '/etcdserverpb.Auth/AuthEnable',
      request: AuthEnableRequest,
      response: AuthEnableResponse,
      requestStream: false,
      responseStream: false,
    },
    authDisable: {
      name: 'AuthDisable',
      path: '/etcdserverpb.Auth/AuthDisable',
      request: AuthDisableRequest,
      response: AuthDisableResponse,
      requestStream: false,
      responseStream: false,
    },
    authStatus: {
      name: 'AuthStatus',
      path: '/etcdserverpb.Auth/AuthStatus',
      request: AuthStatusRequest,
      response: AuthStatusResponse,
      requestStream: false,
      responseStream: false,
    },
    /** Gives a token for a name and password. */
    authenticate: {
      name: 'Authenticate',
      path: '/etcdserverpb.Auth/Authenticate',
      request: AuthenticateRequest,
      response: AuthenticateResponse,
      requestStream: false,
      responseStream: false,
    },
    userAdd: {
      name: 'UserAdd',
      path: '/etcdserverpb.Auth/UserAdd',
      request: AuthUserAddRequest,
      response: AuthUserAddResponse,
      requestStream: false,
      responseStream: false,
    },
    userGet: {
      name: 'UserGet',
      path: '/etcdserverpb.Auth/UserGet',
      request: AuthUserGetRequest,
      response: AuthUserGetResponse,
      requestStream: false,
      responseStream: false,
    },
    userList: {
      name: 'UserList',
      path: '/etcdserverpb.Auth/UserList',
      request: AuthUserListRequest,
      response: AuthUserListResponse,
      requestStream: false,
      responseStream: false,
    },
    userDelete: {
      name: 'UserDelete',
      path: '/etcdserverpb.Auth/UserDelete',
      request: AuthUserDeleteRequest,
      response: AuthUserDeleteResponse,
      requestStream: false,
      responseStream: false,
    },
    userChangePassword: {
      name: 'UserChangePassword',
      path: '/etcdserverpb.Auth/UserChangePassword',
      request: AuthUserChangePasswordRequest,
      response: AuthUserChangePasswordResponse,
      requestStream: false,
      responseStream: false,
    },
    userGrantRole: {
      name: 'UserGrantRole',
      path: '/etcdserverpb.Auth/UserGrantRole',
      request: AuthUserGrantRoleRequest,
      response: AuthUserGrantRoleResponse,
      requestStream: false,
      responseStream: false,
    },
    userRevokeRole: {
      name: 'UserRevokeRole',
      path: '/etcdserverpb.Auth/UserRevokeRole',
      request: AuthUserRevokeRoleRequest,
      response: AuthUserRevokeRoleResponse,
      requestStream: false,
      responseStream: false,
    },
    roleAdd: {
      name: 'RoleAdd',
      path: '/etcdserverpb.Auth/RoleAdd',
      request: AuthRoleAddRequest,
      response: AuthRoleAddResponse,
      requestStream: false,
      responseStream: false,
    },
    roleGet: {
      name: 'RoleGet',
      path: '/etcdserverpb.Auth/RoleGet',
      request: AuthRoleGetRequest,
      response: AuthRoleGetResponse,
      requestStream: false,
      responseStream: false,
    },
    roleList: {
      name: 'RoleList',
      path: '/etcdserverpb.Auth/RoleList',
      request: AuthRoleListRequest,
      response: AuthRoleListResponse,
      requestStream: false,
      responseStream: false,
    },
    roleDelete: {
      name: 'RoleDelete',
      path: '/etcdserverpb.Auth/RoleDelete',
      request: AuthRoleDeleteRequest,
      response: AuthRoleDeleteResponse,
      requestStream: false,
      responseStream: false,
    },
    roleGrantPermission: {
      name: 'RoleGrantPermission',
      path: '/etcdserverpb.Auth/RoleGrantPermission',
      request: AuthRoleGrantPermissionRequest,
      response: AuthRoleGrantPermissionResponse,
      requestStream: false,
      responseStream: false,
    },
    roleRevokePermission: {
      name: 'RoleRevokePermission',
      path: '/etcdserverpb.Auth/RoleRevokePermission',
      request: AuthRoleRevokePermissionRequest,
      response: AuthRoleRevokePermissionResponse,
      requestStream: false,
      responseStream: false,
    },
  },
} as const satisfies ServiceContract;
