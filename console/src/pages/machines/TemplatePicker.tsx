// SPDX-License-Identifier: Apache-2.0
// State machines to begin with.
import Badge from "@cloudscape-design/components/badge";
import Cards from "@cloudscape-design/components/cards";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ActionModal } from "../../components/ActionModal";
import { statusWord } from "../../components/StatusBadge";
import { type Template, templates } from "./templates";

export function TemplatePicker({ onPick, onClose }: { onPick: (template: Template) => void; onClose: () => void }) {
  const [chosen, setChosen] = useState<Template | undefined>(templates[0]);
  return (
    <ActionModal
      title="Begin with"
      submitText="Use it"
      size="large"
      isDisabled={chosen === undefined}
      onSubmit={async () => {
        if (chosen !== undefined) onPick(chosen);
      }}
      onClose={onClose}
    >
      <Cards
        items={templates}
        trackBy="id"
        entireCardClickable
        selectionType="single"
        selectedItems={chosen === undefined ? [] : [chosen]}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0])}
        ariaLabels={{ selectionGroupLabel: "Templates", itemSelectionLabel: (_, item) => item.name }}
        cardsPerRow={[{ cards: 2 }, { minWidth: 640, cards: 3 }]}
        cardDefinition={{
          header: (item) => item.name,
          sections: [
            { id: "says", content: (item) => item.says },
            {
              id: "kind",
              content: (item) => (
                <SpaceBetween direction="horizontal" size="xxs">
                  <Badge color={item.language === "JSONata" ? "green" : "grey"}>{item.language}</Badge>
                  {item.type === "EXPRESS" && <Badge color="blue">{statusWord(item.type)}</Badge>}
                </SpaceBetween>
              ),
            },
          ],
        }}
      />
    </ActionModal>
  );
}
