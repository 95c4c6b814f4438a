// SPDX-License-Identifier: Apache-2.0
// A dialogue that does one thing: fields, a button, and what the server refused.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type FormEvent, type ReactNode, useState } from "react";
import { type ApiError, asApiError } from "../api/api-error";

interface Props {
  title: ReactNode;
  submitText: string;
  isDisabled?: boolean;
  size?: ModalProps.Size;
  /** Beside the buttons, at the left. */
  footer?: ReactNode;
  /** Throws what the dialogue is to show; otherwise it closes. */
  onSubmit: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

export function ActionModal({ title, submitText, isDisabled = false, size = "medium", footer, onSubmit, onClose, children }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit();
      onClose();
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  };
  const onForm = (event: FormEvent) => {
    event.preventDefault();
    if (!isDisabled && !isBusy) void submit();
  };
  return (
    <Modal
      visible
      header={title}
      size={size}
      onDismiss={onClose}
      footer={
        <div className="pawl-spread">
          <div>{footer}</div>
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={onClose}>
                Cancel
              </Button>
              <Button variant="primary" loading={isBusy} disabled={isDisabled} onClick={() => void submit()}>
                {submitText}
              </Button>
            </SpaceBetween>
          </Box>
        </div>
      }
    >
      <form onSubmit={onForm}>
        <SpaceBetween size="m">
          {children}
          {error !== undefined && (
            <Alert type="error" header={error.code}>
              <span className="pawl-wrap">{error.message}</span>
            </Alert>
          )}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
