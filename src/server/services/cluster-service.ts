import { EtcdError, etcdError, StatusCode } from '../../errors.ts';
import type { Member, MemberId } from '../../mvcc/operations.ts';
import {
  Cluster,
  MemberListResponse,
  MemberRemoveResponse,
  MemberUpdateResponse,
} from '../../wire/generated/etcdserverpb/cluster.ts';
import type { Method } from '../transport/grpc/method.ts';
import type { ServiceContext } from './service-context.ts';
import { unary } from './unary.ts';

/** etcdserverpb.Cluster: the members are the instances over the database. Replies have headers without a revision, as etcd's. docs/cluster.md says what is refused, and why. */
export function clusterService({ access, store, headers }: ServiceContext): readonly Method[] {
  const { memberList, memberAdd, memberUpdate, memberRemove, memberPromote } = Cluster.methods;
  return [
    unary(memberList, async ({ linearizable }, call) => {
      await access.known(call);
      const members = linearizable ? await store.members(call) : store.knownMembers;
      return MemberListResponse.encode({ header: headers.message(), members: members.map(shown) });
    }),
    unary(memberAdd, async ({ peerUrls }, call) => {
      if (!arePeerUrls(peerUrls)) throw etcdError('memberBadUrls');
      await access.admin(call);
      const members = await store.members(call);
      const taken = members.flatMap(({ clientUrls }) => clientUrls);
      if (peerUrls.some((url) => taken.includes(url.trim()))) throw etcdError('peerUrlExists');
      throw refused('nothing to add: an instance is a member as soon as it is started on the same database');
    }),
    unary(memberUpdate, async ({ id, peerUrls }, call) => {
      await access.admin(call);
      const members = await store.members(call);
      const { clientUrls } = known(members, id);
      if ([...peerUrls].sort().join() !== [...clientUrls].sort().join()) {
        throw refused('instances have no peer URLs: start it with other --advertise-client-urls');
      }
      return MemberUpdateResponse.encode({ header: headers.message(), members: members.map(shown) });
    }),
    unary(memberRemove, async ({ id }, call) => {
      await access.admin(call);
      switch (await store.removeMember(id, call)) {
        case 'unknown':
          throw etcdError('memberNotFound');
        case 'running':
          throw refused('the instance runs, or did some seconds ago: stop it, and it is no member any more');
        default:
          return MemberRemoveResponse.encode({
            header: headers.message(),
            members: (await store.members(call)).map(shown),
          });
      }
    }),
    unary(memberPromote, async ({ id }, call) => {
      await access.admin(call);
      known(await store.members(call), id);
      throw etcdError('memberNotLearner');
    }),
  ];
}

/** Instances reach each other through the database. Some clients read the first URL of a peer, so there is one. */
function shown({ id, name, clientUrls }: Member) {
  return { id, name, clientUrls, peerUrls: clientUrls };
}

function known(members: readonly Member[], id: MemberId): Member {
  const member = members.find((each) => each.id === id);
  if (member === undefined) throw etcdError('memberNotFound');
  return member;
}

function refused(why: string): EtcdError {
  return new EtcdError(StatusCode.failedPrecondition, `etcdserver: ${why}`);
}

/** Whether texts are URLs of peers as etcd takes them: a scheme, and host and port without a path, or a socket. */
function arePeerUrls(urls: readonly string[]): boolean {
  return urls.length > 0 && urls.every((url) => peerUrl.test(url.trim()));
}

const peerUrl = /^(https?:\/\/([^\s/?#:@[\]]*|\[[0-9a-fA-F:.]+\]):\d*|unixs?:\S*)$/;
