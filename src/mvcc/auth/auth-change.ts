import type { Permission } from '../../wire/generated/authpb/auth.ts';

/** A change of users, roles, or of whether auth is on, as an operation carries it. */
export type AuthChange =
  | { readonly kind: 'enable' | 'disable' }
  | {
      readonly kind: 'addUser';
      readonly user: string;
      readonly isPasswordless: boolean;
      /** Of bcrypt; nothing for a user without. */
      readonly passwordHash: Uint8Array;
    }
  | { readonly kind: 'deleteUser'; readonly user: string }
  | {
      readonly kind: 'setPassword';
      readonly user: string;
      /** Undefined: what the client sent as one is none. */
      readonly passwordHash: Uint8Array | undefined;
    }
  | { readonly kind: 'grantRole' | 'revokeRole'; readonly user: string; readonly role: string }
  | { readonly kind: 'addRole' | 'deleteRole'; readonly role: string }
  | {
      readonly kind: 'grantPermission';
      readonly role: string;
      /** Undefined: the request has none. */
      readonly permission: Permission | undefined;
    }
  | {
      readonly kind: 'revokePermission';
      readonly role: string;
      readonly key: Uint8Array;
      readonly rangeEnd: Uint8Array;
    }
  /** What tokens are to be signed with, unless there is something already. No change to anybody's rights. */
  | { readonly kind: 'addSecret'; readonly secret: Uint8Array };
