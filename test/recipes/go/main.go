// Recipes of etcd's Go client, each run through two servers over one store: recipes ENDPOINT ENDPOINT PREFIX RECIPE. It exits with 0 when
// the recipe kept its promise, and says on standard error what it did not keep otherwise.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	recipe "go.etcd.io/etcd/client/v3/experimental/recipes"
	"go.etcd.io/etcd/client/v3/leasing"
	"go.etcd.io/etcd/client/v3/namespace"
	"go.uber.org/zap"
)

const timeLimit = 30 * time.Second

// A place to run a recipe in: a client of each server, and a prefix of keys that nobody else uses.
type place struct {
	clients []*clientv3.Client
	prefix  string
	ctx     context.Context
}

var recipes = map[string]func(place) error{
	"mutex":          mutex,
	"try-lock":       tryLock,
	"rwmutex":        rwmutex,
	"election":       election,
	"stm":            stm,
	"barrier":        barrier,
	"double-barrier": doubleBarrier,
	"queue":          queue,
	"priority-queue": priorityQueue,
	"session":        session,
	"leasing":        leasingKV,
	"namespace":      namespaces,
}

func main() {
	if len(os.Args) != 5 {
		fail(errors.New("usage: recipes ENDPOINT ENDPOINT PREFIX RECIPE"))
	}
	run, known := recipes[os.Args[4]]
	if !known {
		fail(fmt.Errorf("no recipe is called %s", os.Args[4]))
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeLimit)
	defer cancel()
	here := place{prefix: os.Args[3], ctx: ctx}
	for _, endpoint := range os.Args[1:3] {
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 5 * time.Second, Context: ctx, Logger: zap.NewNop()})
		if err != nil {
			fail(err)
		}
		defer client.Close()
		here.clients = append(here.clients, client)
	}
	if err := run(here); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Runs work for each of count workers, turn and turn about through the servers, each with a session of its own; the first error is the answer.
func (here place) sessions(count int, work func(which int, session *concurrency.Session) error) error {
	errs := make(chan error, count)
	for which := 0; which < count; which++ {
		go func(which int) {
			session, err := concurrency.NewSession(here.clients[which%2], concurrency.WithTTL(10))
			if err != nil {
				errs <- err
				return
			}
			defer session.Close()
			errs <- work(which, session)
		}(which)
	}
	for ended := 0; ended < count; ended++ {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func (here place) number(client *clientv3.Client, key string) (int, error) {
	reply, err := client.Get(here.ctx, key)
	if err != nil || len(reply.Kvs) == 0 {
		return 0, err
	}
	number := 0
	_, err = fmt.Sscan(string(reply.Kvs[0].Value), &number)
	return number, err
}

// Counts without a transaction: whoever is not alone loses counts.
func mutex(here place) error {
	const workers, rounds = 6, 5
	counter := here.prefix + "counter"
	err := here.sessions(workers, func(which int, session *concurrency.Session) error {
		lock := concurrency.NewMutex(session, here.prefix+"lock")
		client := here.clients[(which+1)%2]
		for round := 0; round < rounds; round++ {
			if err := lock.Lock(here.ctx); err != nil {
				return err
			}
			count, err := here.number(client, counter)
			if err != nil {
				return err
			}
			// Written through the one server, read through the other: only while the lock is held, by its own word.
			reply, err := client.Txn(here.ctx).If(lock.IsOwner()).Then(clientv3.OpPut(counter, fmt.Sprint(count+1))).Commit()
			if err != nil {
				return err
			}
			if !reply.Succeeded {
				return errors.New("the holder of the lock does not own it")
			}
			if err := lock.Unlock(here.ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	count, err := here.number(here.clients[0], counter)
	if err == nil && count != workers*rounds {
		err = fmt.Errorf("%d of %d counts were kept", count, workers*rounds)
	}
	return err
}

func tryLock(here place) error {
	return here.sessions(1, func(_ int, first *concurrency.Session) error {
		second, err := concurrency.NewSession(here.clients[1], concurrency.WithTTL(10))
		if err != nil {
			return err
		}
		defer second.Close()
		held, other := concurrency.NewMutex(first, here.prefix), concurrency.NewMutex(second, here.prefix)
		if err := held.TryLock(here.ctx); err != nil {
			return err
		}
		if err := other.TryLock(here.ctx); err != concurrency.ErrLocked {
			return fmt.Errorf("a lock that is held answered %v", err)
		}
		// The end of a session is the end of its locks.
		if err := first.Close(); err != nil {
			return err
		}
		return other.TryLock(here.ctx)
	})
}

func rwmutex(here place) error {
	var readers, writers, together int32
	check := func() error {
		if writing, reading := atomic.LoadInt32(&writers), atomic.LoadInt32(&readers); writing > 1 || writing == 1 && reading > 0 {
			return fmt.Errorf("%d writers and %d readers are inside", writing, reading)
		} else if reading > 1 {
			atomic.StoreInt32(&together, 1)
		}
		return nil
	}
	err := here.sessions(6, func(which int, session *concurrency.Session) error {
		lock := recipe.NewRWMutex(session, here.prefix)
		for round := 0; round < 3; round++ {
			take, release, inside := lock.RLock, lock.RUnlock, &readers
			if which < 2 {
				take, release, inside = lock.Lock, lock.Unlock, &writers
			}
			if err := take(); err != nil {
				return err
			}
			atomic.AddInt32(inside, 1)
			err := check()
			time.Sleep(20 * time.Millisecond)
			atomic.AddInt32(inside, -1)
			if err == nil {
				err = release()
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && together == 0 {
		err = errors.New("readers were never inside together")
	}
	return err
}

func election(here place) error {
	const candidates = 4
	var leaders int32
	var terms sync.Map
	observer, err := concurrency.NewSession(here.clients[1])
	if err != nil {
		return err
	}
	defer observer.Close()
	observed := concurrency.NewElection(observer, here.prefix).Observe(here.ctx)
	seen := make(chan string, 100)
	go func() {
		for reply := range observed {
			seen <- string(reply.Kvs[0].Value)
		}
		close(seen)
	}()
	err = here.sessions(candidates, func(which int, session *concurrency.Session) error {
		election := concurrency.NewElection(session, here.prefix)
		name := fmt.Sprintf("candidate %d", which)
		if err := election.Campaign(here.ctx, name); err != nil {
			return err
		}
		if atomic.AddInt32(&leaders, 1) != 1 {
			return errors.New("two lead")
		}
		if _, again := terms.LoadOrStore(election.Rev(), name); again {
			return errors.New("two terms have one revision")
		}
		other := concurrency.NewElection(session, here.prefix)
		leader, err := other.Leader(here.ctx)
		if err != nil {
			return err
		}
		if string(leader.Kvs[0].Value) != name {
			return fmt.Errorf("%s leads, and the other server says %s", name, leader.Kvs[0].Value)
		}
		if err := election.Proclaim(here.ctx, name+" rules"); err != nil {
			return err
		}
		for value := range seen {
			if value == name+" rules" {
				break
			}
		}
		atomic.AddInt32(&leaders, -1)
		return election.Resign(here.ctx)
	})
	if err != nil {
		return err
	}
	if _, err := concurrency.NewElection(observer, here.prefix).Leader(here.ctx); err != concurrency.ErrElectionNoLeader {
		return fmt.Errorf("an election without candidates answered %v", err)
	}
	return nil
}

// Moves money between accounts through both servers at once: none comes and none goes.
func stm(here place) error {
	const accounts, each = 5, 100
	account := func(index int) string { return fmt.Sprintf("%s%d", here.prefix, index%accounts) }
	for index := 0; index < accounts; index++ {
		if _, err := here.clients[0].Put(here.ctx, account(index), fmt.Sprint(each)); err != nil {
			return err
		}
	}
	levels := []concurrency.Isolation{concurrency.SerializableSnapshot, concurrency.Serializable, concurrency.RepeatableReads}
	errs := make(chan error, 6)
	for worker := 0; worker < cap(errs); worker++ {
		go func(worker int) {
			for round := 0; round < 8; round++ {
				from, to := account(worker+round), account(worker+2*round+1)
				if from == to {
					continue
				}
				transfer := func(store concurrency.STM) error {
					var left, there int
					fmt.Sscan(store.Get(from), &left)
					fmt.Sscan(store.Get(to), &there)
					store.Put(from, fmt.Sprint(left-1))
					store.Put(to, fmt.Sprint(there+1))
					return nil
				}
				isolation := concurrency.WithIsolation(levels[worker%len(levels)])
				if _, err := concurrency.NewSTM(here.clients[worker%2], transfer, isolation, concurrency.WithAbortContext(here.ctx)); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}(worker)
	}
	for ended := 0; ended < cap(errs); ended++ {
		if err := <-errs; err != nil {
			return err
		}
	}
	sum := 0
	for index := 0; index < accounts; index++ {
		number, err := here.number(here.clients[1], account(index))
		if err != nil {
			return err
		}
		sum += number
	}
	if sum != accounts*each {
		return fmt.Errorf("the accounts hold %d instead of %d", sum, accounts*each)
	}
	return nil
}

func barrier(here place) error {
	held := recipe.NewBarrier(here.clients[0], here.prefix+"barrier")
	if err := held.Hold(); err != nil {
		return err
	}
	var released int32
	errs := make(chan error, 4)
	for worker := 0; worker < cap(errs); worker++ {
		go func(client *clientv3.Client) {
			err := recipe.NewBarrier(client, here.prefix+"barrier").Wait()
			if err == nil && atomic.LoadInt32(&released) == 0 {
				err = errors.New("a barrier that is held lets through")
			}
			errs <- err
		}(here.clients[worker%2])
	}
	time.Sleep(200 * time.Millisecond)
	atomic.StoreInt32(&released, 1)
	if err := held.Release(); err != nil {
		return err
	}
	for ended := 0; ended < cap(errs); ended++ {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func doubleBarrier(here place) error {
	const count = 6
	var entered, leaving int32
	return here.sessions(count, func(which int, session *concurrency.Session) error {
		barrier := recipe.NewDoubleBarrier(session, here.prefix, count)
		time.Sleep(time.Duration(which*30) * time.Millisecond)
		atomic.AddInt32(&entered, 1)
		if err := barrier.Enter(); err != nil {
			return err
		}
		if inside := atomic.LoadInt32(&entered); inside != count {
			return fmt.Errorf("%d of %d were there when the first came in", inside, count)
		}
		time.Sleep(time.Duration(which*30) * time.Millisecond)
		atomic.AddInt32(&leaving, 1)
		if err := barrier.Leave(); err != nil {
			return err
		}
		if gone := atomic.LoadInt32(&leaving); gone != count {
			return fmt.Errorf("%d of %d wanted to go when the first went", gone, count)
		}
		return nil
	})
}

func queue(here place) error {
	const count = 24
	got := make(chan string, count)
	errs := make(chan error, 6)
	for worker := 0; worker < 4; worker++ {
		go func(worker int) {
			items := recipe.NewQueue(here.clients[worker%2], here.prefix+"queue")
			for taken := 0; taken < count/4; taken++ {
				item, err := items.Dequeue()
				if err != nil {
					errs <- err
					return
				}
				got <- item
			}
			errs <- nil
		}(worker)
	}
	for worker := 0; worker < 2; worker++ {
		go func(worker int) {
			items := recipe.NewQueue(here.clients[worker], here.prefix+"queue")
			for item := worker; item < count; item += 2 {
				if err := items.Enqueue(fmt.Sprintf("%02d", item)); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}(worker)
	}
	for ended := 0; ended < cap(errs); ended++ {
		if err := <-errs; err != nil {
			return err
		}
	}
	var items []string
	for len(items) < count {
		items = append(items, <-got)
	}
	sort.Strings(items)
	for index, item := range items {
		if item != fmt.Sprintf("%02d", index) {
			return fmt.Errorf("items were lost or came twice: %v", items)
		}
	}
	return nil
}

func priorityQueue(here place) error {
	into := recipe.NewPriorityQueue(here.clients[0], here.prefix+"queue")
	for _, priority := range []uint16{3, 1, 65535, 2, 1} {
		if err := into.Enqueue(fmt.Sprint(priority), priority); err != nil {
			return err
		}
	}
	from := recipe.NewPriorityQueue(here.clients[1], here.prefix+"queue")
	for _, expected := range []string{"1", "1", "2", "3", "65535"} {
		item, err := from.Dequeue()
		if err != nil {
			return err
		}
		if item != expected {
			return fmt.Errorf("%s came before %s", item, expected)
		}
	}
	return nil
}

// A session that is orphaned ends with its lease; one that is held outlives its TTL.
func session(here place) error {
	held, err := concurrency.NewSession(here.clients[0], concurrency.WithTTL(2))
	if err != nil {
		return err
	}
	defer held.Close()
	orphan, err := concurrency.NewSession(here.clients[0], concurrency.WithTTL(2))
	if err != nil {
		return err
	}
	for name, session := range map[string]*concurrency.Session{"held": held, "orphan": orphan} {
		if _, err := here.clients[0].Put(here.ctx, here.prefix+name, "", clientv3.WithLease(session.Lease())); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(here.ctx, 10*time.Second)
	defer cancel()
	watch := here.clients[1].Watch(ctx, here.prefix, clientv3.WithPrefix(), clientv3.WithFilterPut())
	orphan.Orphan()
	reply, open := <-watch
	if !open || len(reply.Events) == 0 {
		return fmt.Errorf("the orphan's key did not go: %v", reply.Err())
	}
	if key := string(reply.Events[0].Kv.Key); key != here.prefix+"orphan" {
		return fmt.Errorf("%s went", key)
	}
	select {
	case <-held.Done():
		return errors.New("a session that is kept alive ended")
	case <-time.After(time.Second):
	}
	kept, err := here.clients[1].Get(here.ctx, here.prefix+"held")
	if err == nil && kept.Count != 1 {
		err = errors.New("the key of a session that is kept alive went")
	}
	return err
}

// A cache of leased keys: a write through the other server takes the lease away first.
func leasingKV(here place) error {
	first, closeFirst, err := leasing.NewKV(here.clients[0], here.prefix+"leases/")
	if err != nil {
		return err
	}
	defer closeFirst()
	second, closeSecond, err := leasing.NewKV(here.clients[1], here.prefix+"leases/")
	if err != nil {
		return err
	}
	defer closeSecond()
	key := here.prefix + "key"
	for round := 0; round < 5; round++ {
		writer, reader := first, second
		if round%2 == 1 {
			writer, reader = second, first
		}
		value := fmt.Sprint(round)
		if _, err := writer.Put(here.ctx, key, value); err != nil {
			return err
		}
		for range []int{1, 2} {
			reply, err := reader.Get(here.ctx, key)
			if err != nil {
				return err
			}
			if len(reply.Kvs) != 1 || string(reply.Kvs[0].Value) != value {
				return fmt.Errorf("the cache of the other holds %v after %s was written", reply.Kvs, value)
			}
		}
	}
	return nil
}

func namespaces(here place) error {
	inside := namespace.NewKV(here.clients[0].KV, here.prefix)
	if _, err := inside.Put(here.ctx, "key", "value"); err != nil {
		return err
	}
	watch := namespace.NewWatcher(here.clients[1].Watcher, here.prefix).Watch(here.ctx, "key", clientv3.WithRev(1))
	event := (<-watch).Events
	if len(event) != 1 || string(event[0].Kv.Key) != "key" {
		return fmt.Errorf("the watch of a namespace saw %v", event)
	}
	reply, err := here.clients[1].Get(here.ctx, here.prefix+"key")
	if err == nil && reply.Count != 1 {
		err = errors.New("the key of a namespace is not below its prefix")
	}
	return err
}
