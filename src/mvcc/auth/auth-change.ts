import type { Permission } from '../../wire/generated/authpb/auth.ts';

/** A change of users or roles, or of whether auth is on. It is a part of an operation. */
export type AuthChange =
  | { readonly kind: 'enable' | 'disable' }
  | {
      readonly kind: 'addUser';
      readonly user: string;
      readonly isPasswordless: boolean;
      /** A bcrypt hash; empty for a user without a password. */
      readonly passwordHash: Uint8Array;
    }
  | { readonly kind: 'deleteUser'; readonly user: string }
  | {
      readonly kind: 'setPassword';
      readonly user: string;
      /** Undefined: the client sent no valid password. */
      readonly passwordHash: Uint8Array | undefined;
    }
  | { readonly kind: 'grantRole' | 'revokeRole'; readonly user: string; readonly role: string }
  | { readonly kind: 'addRole' | 'deleteRole'; readonly role: string }
  | {
      readonly kind: 'grantPermission';
      readonly role: string;
      /** Undefined: the request contains no permission. */
      readonly permission: Permission | undefined;
    }
  | {
      readonly kind: 'revokePermission';
      readonly role: string;
      readonly key: Uint8Array;
      readonly rangeEnd: Uint8Array;
    }
  /**
   * Stores the secret that signs tokens, unless a secret is stored already. No permission changes.
   */
  | { readonly kind: 'addSecret'; readonly secret: Uint8Array };
