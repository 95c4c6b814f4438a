// SPDX-License-Identifier: Apache-2.0
// Asks for the keys that requests are signed with. They stay in this tab.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { keepCredentials, readCredentials } from "../api/credentials";

export function SignIn({ isRequired, onDone }: { isRequired: boolean; onDone: () => void }) {
  const kept = readCredentials();
  const [id, setId] = useState(kept?.accessKeyId ?? "");
  const [secret, setSecret] = useState("");
  const [token, setToken] = useState("");

  const signIn = () => {
    keepCredentials({ accessKeyId: id.trim(), secretAccessKey: secret.trim(), ...(token.trim() === "" ? {} : { sessionToken: token.trim() }) });
    location.reload();
  };
  const signOut = () => {
    keepCredentials(null);
    location.reload();
  };

  return (
    <Modal
      visible
      header="Access keys"
      onDismiss={onDone}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {kept !== null && <Button onClick={signOut}>Forget the keys</Button>}
            <Button onClick={onDone} variant="link">
              Cancel
            </Button>
            <Button variant="primary" disabled={id.trim() === "" || secret.trim() === ""} onClick={signIn}>
              Use these keys
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {isRequired && (
          <Alert type="info">{kept === null ? "This server wants signed requests." : "The server refuses these keys."}</Alert>
        )}
        <FormField label="Access key ID">
          <Input value={id} onChange={({ detail }) => setId(detail.value)} autoComplete={false} spellcheck={false} />
        </FormField>
        <FormField label="Secret access key" description="It stays in this tab and is never sent: requests are signed with it.">
          <Input value={secret} type="password" onChange={({ detail }) => setSecret(detail.value)} autoComplete={false} />
        </FormField>
        <FormField label="Session token (of temporary keys)">
          <Input value={token} onChange={({ detail }) => setToken(detail.value)} autoComplete={false} spellcheck={false} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
