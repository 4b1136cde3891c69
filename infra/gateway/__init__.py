"""What stands between an emulator of AWS and everybody else on this machine.

Pure: an adapter hands over each request's head, streams its body through `Admitted.digest` if asked
to, and writes what comes back. Runs in the emulators' environments: standard library and
`satispy.same_origin`, nothing else.
"""
