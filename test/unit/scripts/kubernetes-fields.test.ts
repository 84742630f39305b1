import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ApiPackage, fieldsTable } from '../../../scripts/kubernetes/fields-table.ts';
import { goTags } from '../../../scripts/kubernetes/go-tags.ts';
import { protoMessages } from '../../../scripts/kubernetes/proto-messages.ts';
import { scalarValues } from '../../../ui/kubernetes/scalar-values.ts';
import { loadSchemas } from '../../support/ui/stored-objects.ts';

const metaProto = `package k8s.io.apimachinery.pkg.apis.meta.v1;

message ObjectMeta {
  optional string name = 1;
}

message Time {
  optional int64 seconds = 1;
}
`;

const boatProto = `package example.boats.v1;

// Boat is a comment with optional string words = 9.
message Boat {
  optional .k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta metadata = 1;

  // The size.
  optional int32 size = 2;

  repeated Sail sails = 3;

  map<string, bytes> logs = 4;

  optional .k8s.io.apimachinery.pkg.apis.meta.v1.Time launched = 5;

  optional Hull hull = 6;

  map<string, Names> crew = 7;
}

message Hull {
  optional string colour = 1;
}

message Names {
  repeated string items = 1;
}

message Sail {
  optional bool up = 1;

  optional string port = 2;
}

message SailOptions {
  optional string name = 1;
}
`;

const boatSource = `package v1

type Boat struct {
	metav1.TypeMeta \`json:""\`
	metav1.ObjectMeta \`json:"metadata,omitempty" protobuf:"bytes,1,opt,name=metadata"\`

	// Size is a size.
	Size int32 \`json:"size,omitempty" protobuf:"varint,2,opt,name=size"\`
	Sails []Sail \`json:"sails" patchStrategy:"merge" protobuf:"bytes,3,rep,name=sails"\`
	Logs map[string][]byte \`json:"logs,omitempty" protobuf:"bytes,4,rep,name=logs"\`
	Launched metav1.Time \`json:"launched,omitempty,omitzero" protobuf:"bytes,5,opt,name=launched"\`
	Hull \`json:",inline" protobuf:"bytes,6,opt,name=hull"\`
	Crew map[string]Names \`json:"crew,omitempty" protobuf:"bytes,7,rep,name=crew"\`
}

type Hull struct {
	Colour string \`json:"color" protobuf:"bytes,1,opt,name=colour"\`
}

type Sail struct {
	Up *bool \`json:"up,omitempty" protobuf:"varint,1,opt,name=up"\`
	Port *string \`json:"port" protobuf:"bytes,2,opt,name=port"\`
}
`;

const metaSource =
  'type ObjectMeta struct {\n\tName string `json:"name,omitempty" protobuf:"bytes,1,opt,name=name"`\n}\n';

function apiPackage(apiVersion: string, proto: string, source: string): ApiPackage {
  return { apiVersion, proto: protoMessages(proto), tags: new Map(goTags(source)) };
}

const meta = apiPackage('meta.k8s.io/v1', metaProto, metaSource);

describe('the table of the fields of Kubernetes', () => {
  test('has the messages of stored objects, with the names of JSON and what Go does with empty values', () => {
    const table = fieldsTable([apiPackage('boats.example.com/v1', boatProto, boatSource), meta]);
    assert.deepEqual(
      table
        .trimEnd()
        .replace(/^#.*\n/gm, '')
        .split('\n'),
      [
        'boats.example.com/v1',
        ' Boat 1metadata:meta.k8s.io/v1.ObjectMeta 2size:int? 3sails:*Sail! 4logs:%bytes 5launched:time? 6:Hull 7crew:%texts',
        ' Hull 1color',
        ' Sail 1up:bool 2port:!',
        'meta.k8s.io/v1',
        ' ObjectMeta 1name:?',
      ],
    );
  });

  test('that is committed has every message that it refers to, and its types are known', async () => {
    const schemas = await loadSchemas();
    const names = schemas.names();
    assert.ok(names.length > 900);
    for (const name of names) {
      for (const { type } of schemas.message(name)?.values() ?? [])
        assert.ok(scalarValues.has(type) || schemas.message(type) !== undefined, `${name}: ${type}`);
    }
  });

  test('is refused when a field has no tag, or a message is missing', () => {
    const untagged = apiPackage('boats.example.com/v1', boatProto, boatSource.replace(/.*size,omitempty.*\n/, ''));
    assert.throws(() => fieldsTable([untagged, meta]), /example\.boats\.v1\.Boat: no Go tag for field 2/);
    const lonely = apiPackage(
      'boats.example.com/v1',
      boatProto.replace('repeated Sail ', 'repeated Ship '),
      boatSource,
    );
    assert.throws(() => fieldsTable([lonely, meta]), /example\.boats\.v1\.Ship: no such message; give its module too/);
  });
});
