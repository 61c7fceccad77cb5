Attribute VB_Name = "modQnRibbon"
Option Explicit

' Callbacks of customUI14.xml: one line each, so that QnAction can be tested without a ribbon.

Public Sub QnOnLoad(ribbon As IRibbonUI)
    QnStart
End Sub

Public Sub QnOnAction(control As IRibbonControl)
    QnAction control.Id
End Sub

Public Sub QnStart()
    ' Describes the functions to the function wizard and says when newer figures are there. Changes no cell.
    Dim saved As Boolean
    On Error Resume Next
    saved = ThisWorkbook.Saved
    QnDescribeFunctions
    QnTellNewer
    ThisWorkbook.Saved = saved
End Sub

Public Sub QnAction(ByVal id As String)
    On Error GoTo failed
    QnPythonReset
    Select Case id
        Case "qnConsolidate"
            If QnRunJob("start_consolidation", "") Then QnRefresh
        Case "qnChooseInbox"
            ChooseInbox
        Case "qnRefresh"
            QnRefresh
        Case "qnCheckFiles"
            If QnRunJob("start_check", "") Then RunCommand "show_check", ""
        Case "qnOpenFinding"
            RunCommand "open_finding", ""
        Case "qnUndo"
            If QnHostAsk(QnText("undo.ask"), QnText("title")) Then
                If RunCommand("undo", "") Then QnRefresh
            End If
        Case "qnExport"
            RunCommand "export_report", ""
        Case "qnForms"
            If QnRunJob("start_forms", "") Then QnSay QnLastMessage()
        Case "qnSendBack"
            If QnRunJob("start_returns", "") Then QnSay QnLastMessage()
        Case "qnReturns"
            shReturns.Activate
        Case "qnRegister"
            shRegister.Activate
        Case "qnSettings"
            shSettings.Activate
        Case "qnSelfCheck"
            RunCommand "self_check", ""
        Case "qnHelp"
            shExamples.Activate
        Case Else
            QnSayKey "action.unknown", id
    End Select
    Exit Sub
failed:
    QnSayKey "action.failed", Err.Description
End Sub

Private Sub ChooseInbox()
    Dim folder As String
    folder = QnHostPickFolder(QnText("inbox.pick"), ThisWorkbook.Path)
    If folder <> "" Then RunCommand "choose_inbox", folder
End Sub

Private Function RunCommand(ByVal name As String, ByVal argument As String) As Boolean
    Dim reply As String
    Dim fine As Boolean
    reply = QnCommand(name, argument)
    fine = (Left$(reply, 3) = "ok|")
    RunCommand = fine
    If fine Then
        If Len(reply) > 3 Then QnSay Mid$(reply, 4), False
    Else
        QnSay Mid$(reply, InStr(1, reply, "|", vbBinaryCompare) + 1), True
    End If
End Function

Public Sub QnTellNewer()
    Dim newest As Long
    newest = QnNewestRun()
    If newest > CLng(Val(QnRun())) Then QnStatus QnText("newer", CStr(newest), QnRun())
End Sub

Public Function QnNewestRun() As Long
    ' The run number at the head of so-lieu.json, 0 when there is none.
    Dim text As String
    Dim at As Long
    QnNewestRun = 0
    text = QnHostReadText(QnBeside("so-lieu.json"))
    at = InStr(1, text, """run"":", vbBinaryCompare)
    If at > 0 Then QnNewestRun = CLng(Val(Mid$(text, at + 6, 20)))
End Function

Public Function QnBeside(ByVal relative As String) As String
    ' A path below the folder of this workbook, written with /.
    Dim mark As String
    mark = Application.PathSeparator
    QnBeside = ThisWorkbook.Path & mark & Replace(relative, "/", mark)
End Function
