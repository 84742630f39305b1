import { EtcdError, etcdError, StatusCode } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { MemberId } from '../../mvcc/ids.ts';
import type { Member } from '../../mvcc/operations.ts';
import {
  Cluster,
  MemberListResponse,
  MemberRemoveResponse,
  MemberUpdateResponse,
} from '../../wire/generated/etcdserverpb/cluster.ts';
import type { Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { unary } from './service-method.ts';

/**
 * etcdserverpb.Cluster: the members are the instances on the database. As in etcd, the headers of
 * the replies have no revision. docs/cluster.md lists what is refused, and why.
 */
export function clusterService({ access, store, headers }: ServiceContext): readonly Method[] {
  const { memberList, memberAdd, memberUpdate, memberRemove, memberPromote } = Cluster.methods;
  return [
    unary(memberList, async ({ linearizable }, call) => {
      await access.authenticated(call);
      const members = linearizable ? await store.members(call) : store.knownMembers;
      return MemberListResponse.encode({ header: headers.message(), members: members.map(shown) });
    }),
    unary(memberAdd, async ({ peerUrls }, call) => {
      if (!arePeerUrls(peerUrls)) throw etcdError('memberBadUrls');
      await access.admin(call);
      const members = await store.members(call);
      const taken = members.flatMap(({ clientUrls }) => clientUrls);
      if (peerUrls.some((url) => taken.includes(url.trim()))) throw etcdError('peerUrlExists');
      throw refused('nothing to add: an instance becomes a member when it starts on the same database');
    }),
    unary(memberUpdate, async ({ id, peerUrls }, call) => {
      await access.admin(call);
      const members = await store.members(call);
      const { clientUrls } = requireMember(members, id);
      if ([...peerUrls].sort().join() !== [...clientUrls].sort().join()) {
        throw refused('instances have no peer URLs; restart the instance with other --advertise-client-urls');
      }
      return MemberUpdateResponse.encode({ header: headers.message(), members: members.map(shown) });
    }),
    unary(memberRemove, async ({ id }, call) => {
      await access.admin(call);
      switch (await store.removeMember(id, call)) {
        case 'unknown':
          throw etcdError('memberNotFound');
        case 'running':
          throw refused(
            `the instance is running, or was killed less than ${limits.memberRunsMsMax / 1000} s ago; SIGTERM stops it and removes the member`,
          );
        default:
          return MemberRemoveResponse.encode({
            header: headers.message(),
            members: (await store.members(call)).map(shown),
          });
      }
    }),
    unary(memberPromote, async ({ id }, call) => {
      await access.admin(call);
      requireMember(await store.members(call), id);
      throw etcdError('memberNotLearner');
    }),
  ];
}

/**
 * Instances exchange data only through the database. Some clients read the first peer URL, so there
 * is one.
 */
function shown({ id, name, clientUrls }: Member) {
  return { id, name, clientUrls, peerUrls: clientUrls };
}

function requireMember(members: readonly Member[], id: MemberId): Member {
  const member = members.find((each) => each.id === id);
  if (member === undefined) throw etcdError('memberNotFound');
  return member;
}

function refused(why: string): EtcdError {
  return new EtcdError(StatusCode.failedPrecondition, `etcdserver: ${why}`);
}

/**
 * Whether texts are peer URLs that etcd accepts: a scheme, and a host and port without a path, or a
 * socket.
 */
function arePeerUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => peerUrl.test(url.trim()));
}

const peerUrl = /^(https?:\/\/([^\s/?#:@[\]]*|\[[0-9a-fA-F:.]+\]):\d*|unixs?:\S*)$/;
