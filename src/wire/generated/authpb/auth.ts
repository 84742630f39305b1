// Generated from proto/authpb/auth.proto by `npm run generate`.
import type { MessageCodec } from '../../message-codec.ts';
import { Reader } from '../../reader.ts';
import { sizeBytes, sizeLength, sizeNumber, sizeString } from '../../size.ts';
import { Writer } from '../../writer.ts';

const EMPTY: Uint8Array = Buffer.alloc(0);

export const PermissionType = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const;

export type PermissionType = (typeof PermissionType)[keyof typeof PermissionType];

export interface UserAddOptions {
  /** The user can sign in by certificate only. */
  noPassword: boolean;
}

export const UserAddOptions: MessageCodec<UserAddOptions> = {
  typeName: 'authpb.UserAddOptions',

  create() {
    return {
      noPassword: false,
    };
  },

  decode(bytes) {
    return UserAddOptions.read(new Reader(bytes), UserAddOptions.create());
  },

  encode(message) {
    const writer = new Writer(UserAddOptions.size(message));
    UserAddOptions.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.noPassword = reader.bool();
          break;
        default:
          reader.skip(tag);
      }
    }
    return message;
  },

  size(message) {
    let size = 0;
    if (message.noPassword) size += 2;
    return size;
  },

  write(message, writer) {
    if (message.noPassword) {
      writer.uint32(8);
      writer.bool(message.noPassword);
    }
  },
};

export interface User {
  name: Uint8Array;
  /** A bcrypt hash. */
  password: Uint8Array;
  roles: string[];
  options: UserAddOptions | undefined;
}

export const User: MessageCodec<User> = {
  typeName: 'authpb.User',

  create() {
    return {
      name: EMPTY,
      password: EMPTY,
      roles: [],
      options: undefined,
    };
  },

  decode(bytes) {
    return User.read(new Reader(bytes), User.create());
  },

  encode(message) {
    const writer = new Writer(User.size(message));
    User.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.bytes();
          break;
        case 18:
          message.password = reader.bytes();
          break;
        case 26:
          message.roles.push(reader.string());
          break;
        case 34: {
          const outerEnd = reader.enter();
          message.options = UserAddOptions.read(reader, message.options ?? UserAddOptions.create());
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
    if (message.name !== undefined && message.name.length > 0) size += 1 + sizeBytes(message.name);
    if (message.password !== undefined && message.password.length > 0) size += 1 + sizeBytes(message.password);
    if (message.roles !== undefined) {
      for (const item of message.roles) {
        size += 1 + sizeString(item);
      }
    }
    if (message.options !== undefined) size += 1 + sizeLength(UserAddOptions.size(message.options));
    return size;
  },

  write(message, writer) {
    if (message.name !== undefined && message.name.length > 0) {
      writer.uint32(10);
      writer.bytes(message.name);
    }
    if (message.password !== undefined && message.password.length > 0) {
      writer.uint32(18);
      writer.bytes(message.password);
    }
    if (message.roles !== undefined) {
      for (const item of message.roles) {
        writer.uint32(26);
        writer.string(item);
      }
    }
    if (message.options !== undefined) {
      writer.uint32(34);
      writer.uint32(UserAddOptions.size(message.options));
      UserAddOptions.write(message.options, writer);
    }
  },
};

/** What a role may do with the keys in [key, range_end). */
export interface Permission {
  /** A `PermissionType`. */
  permType: number;
  key: Uint8Array;
  rangeEnd: Uint8Array;
}

export const Permission: MessageCodec<Permission> = {
  typeName: 'authpb.Permission',

  create() {
    return {
      permType: 0,
      key: EMPTY,
      rangeEnd: EMPTY,
    };
  },

  decode(bytes) {
    return Permission.read(new Reader(bytes), Permission.create());
  },

  encode(message) {
    const writer = new Writer(Permission.size(message));
    Permission.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 8:
          message.permType = reader.int32();
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
    if (message.permType) size += 1 + sizeNumber(message.permType);
    if (message.key !== undefined && message.key.length > 0) size += 1 + sizeBytes(message.key);
    if (message.rangeEnd !== undefined && message.rangeEnd.length > 0) size += 1 + sizeBytes(message.rangeEnd);
    return size;
  },

  write(message, writer) {
    if (message.permType) {
      writer.uint32(8);
      writer.int32(message.permType);
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

export interface Role {
  name: Uint8Array;
  keyPermission: Permission[];
}

export const Role: MessageCodec<Role> = {
  typeName: 'authpb.Role',

  create() {
    return {
      name: EMPTY,
      keyPermission: [],
    };
  },

  decode(bytes) {
    return Role.read(new Reader(bytes), Role.create());
  },

  encode(message) {
    const writer = new Writer(Role.size(message));
    Role.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case 10:
          message.name = reader.bytes();
          break;
        case 18: {
          const outerEnd = reader.enter();
          message.keyPermission.push(Permission.read(reader, Permission.create()));
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
    if (message.name !== undefined && message.name.length > 0) size += 1 + sizeBytes(message.name);
    if (message.keyPermission !== undefined) {
      for (const item of message.keyPermission) {
        size += 1 + sizeLength(Permission.size(item));
      }
    }
    return size;
  },

  write(message, writer) {
    if (message.name !== undefined && message.name.length > 0) {
      writer.uint32(10);
      writer.bytes(message.name);
    }
    if (message.keyPermission !== undefined) {
      for (const item of message.keyPermission) {
        writer.uint32(18);
        writer.uint32(Permission.size(item));
        Permission.write(item, writer);
      }
    }
  },
};
