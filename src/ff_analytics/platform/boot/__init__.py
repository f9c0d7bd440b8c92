"""Start at boot: templates of systemd units and launchd jobs, and the command that renders them."""
