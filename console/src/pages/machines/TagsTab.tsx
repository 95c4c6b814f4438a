// SPDX-License-Identifier: Apache-2.0
// Tags of a state machine, to read and to change.
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useLoaded } from "../../api/use-call";
import { useFrame } from "../../app/frame";
import { ErrorBox } from "../../components/ErrorBox";
import { states, type Tag } from "./api";

/** API TagResource: at most 50 tags of a resource. */
const kTagsMax = 50;

export function TagsField({ tags, onChange }: { tags: Tag[]; onChange: (tags: Tag[]) => void }) {
  const change = (index: number, part: Partial<Tag>) => onChange(tags.map((tag, at) => (at === index ? { ...tag, ...part } : tag)));
  return (
    <AttributeEditor
      items={tags}
      addButtonText="Add tag"
      removeButtonText="Remove"
      disableAddButton={tags.length >= kTagsMax}
      onAddButtonClick={() => onChange([...tags, { key: "", value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, at) => at !== detail.itemIndex))}
      removeButtonAriaLabel={(tag) => `Remove ${tag.key}`}
      empty="No tags"
      definition={[
        {
          label: "Key",
          control: (tag, index) => <Input value={tag.key} onChange={({ detail }) => change(index, { key: detail.value })} ariaLabel={`Key of tag ${index + 1}`} />,
          errorText: (tag, index) => tagProblem(tags, tag, index),
        },
        { label: "Value", control: (tag, index) => <Input value={tag.value} onChange={({ detail }) => change(index, { value: detail.value })} ariaLabel={`Value of tag ${index + 1}`} /> },
      ]}
    />
  );
}

function tagProblem(tags: Tag[], tag: Tag, index: number): string | undefined {
  if (tags.some((other, at) => at < index && other.key === tag.key && tag.key !== "")) return "There is a tag with this key.";
  if (tag.key.length > 128) return "At most 128 characters.";
  return tag.key === "" && tag.value !== "" ? "A key is needed." : undefined;
}

export function hasTagProblems(tags: Tag[]): boolean {
  return tags.some((tag, index) => tagProblem(tags, tag, index) !== undefined);
}

export function TagsTab({ resourceArn }: { resourceArn: string }) {
  const frame = useFrame();
  const { data, error, reload } = useLoaded(`tags ${resourceArn}`, (signal) => states<{ tags?: Tag[] }>("ListTagsForResource", { resourceArn }, signal));
  const [tags, setTags] = useState<Tag[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const stored = data?.tags;
  useEffect(() => {
    if (stored !== undefined) setTags(stored);
  }, [stored]);
  if (error !== undefined) return <ErrorBox error={error} onRetry={reload} />;
  if (tags === null) return <Box padding="l">Loading…</Box>;

  const wanted = tags.filter((tag) => tag.key !== "");
  const before = stored ?? [];
  const gone = before.filter((tag) => !wanted.some((other) => other.key === tag.key)).map((tag) => tag.key);
  const changed = wanted.filter((tag) => !before.some((other) => other.key === tag.key && other.value === tag.value));
  const isChanged = gone.length + changed.length > 0;

  const save = async () => {
    setBusy(true);
    try {
      if (gone.length > 0) await states("UntagResource", { resourceArn, tagKeys: gone });
      if (changed.length > 0) await states("TagResource", { resourceArn, tags: changed });
      frame.succeeded("The tags were saved.");
    } catch (failure) {
      frame.failed("The tags were not saved", failure);
    }
    setBusy(false);
    reload();
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${wanted.length})`}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button disabled={!isChanged} onClick={() => setTags(before)}>
                Undo
              </Button>
              <Button variant="primary" loading={isBusy} disabled={!isChanged || hasTagProblems(tags)} onClick={() => void save()}>
                Save
              </Button>
            </SpaceBetween>
          }
        >
          Tags
        </Header>
      }
    >
      <TagsField tags={tags} onChange={setTags} />
    </Container>
  );
}
