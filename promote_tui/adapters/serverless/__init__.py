"""The Serverless CLI: package, deploy, what it says and what it leaves."""
