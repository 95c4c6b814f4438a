# SPDX-License-Identifier: Apache-2.0
"""All resources of cases/ through their whole life: made, read back without a difference, changed in place and replaced, read back
again, destroyed. Each case is a module of one configuration, so that Terraform starts the provider once a command. Python 3.9."""
import os
import unittest
import zipfile

from terraform_case import HERE, TerraformCase, skip_without_terraform

skip_without_terraform()
CASES = sorted(os.listdir(os.path.join(HERE, "cases")))


class Cases(TerraformCase):
    def setUp(self):
        super().setUp()
        code = os.path.join(self.folder, "code.zip")
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", "def handler(event, context):\n    return {'got': event}\n")
        with open(os.path.join(self.root, "main.tf"), "w", encoding="utf-8") as file:
            file.write('variable "changed" {\n  type    = bool\n  default = false\n}\n')
            for case in CASES:
                folder = os.path.join(HERE, "cases", case)
                with open(os.path.join(folder, "main.tf"), encoding="utf-8") as text:
                    needs_code = 'variable "code"' in text.read()
                more = f'  code    = "{code}"\n' if needs_code else ""
                os.symlink(folder, os.path.join(self.root, case))
                file.write(f'module "{case}" {{\n  source  = "./{case}"\n  changed = var.changed\n{more}}}\n')
        self.init()

    def test_the_life_of_every_resource(self):
        self.apply()
        self.assert_no_changes()
        changed = self.changes("-var=changed=true")
        actions = set(changed.values())
        self.assertIn(("update",), actions)
        self.assertIn(("delete", "create"), actions)
        self.assertEqual({address.split(".")[1] for address in changed}, set(CASES), "each case changes something")
        self.apply("-var=changed=true")
        self.assert_no_changes("-var=changed=true")
        self.destroy("-var=changed=true")


if __name__ == "__main__":
    unittest.main()
