"""What a work system must live with: constraints, controls, forces."""
